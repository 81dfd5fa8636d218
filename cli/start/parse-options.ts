import { parseArgs } from 'node:util'
import { explainArguments } from '../explain-arguments.ts'

export type StartOptions = {
  file: string | undefined
  members: number
  crash: boolean
  json: boolean
  keep: boolean
}

/** Reads the words behind `npm start --`. Returns a sentence when they can't be used. */
export function parseOptions(args: readonly string[]): StartOptions | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        members: { type: 'string' },
        crash: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    })
    const count = values.members ?? '500'
    if (!/^[1-9]\d{0,6}$/.test(count)) return { wrong: '--members: must be a whole number from 1 to 9999999' }
    if (positionals.length > 1) return { wrong: 'start takes one event file' }
    if (positionals.length === 1 && values.members) return { wrong: '--members: not with an event file' }
    return {
      file: positionals[0],
      members: Number(count),
      crash: values.crash,
      json: values.json,
      keep: values.keep,
    }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
