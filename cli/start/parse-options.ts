import { parseArgs } from 'node:util'
import { explainArguments } from '../terminal.ts'

export type StartOptions = {
  file: string | undefined
  members: number
  crash: boolean
  json: boolean
  keep: boolean
  /** How long to break the system, and the seed of the random choices. */
  chaos: { seconds: number; seed: number | undefined } | undefined
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
        chaos: { type: 'string' },
        seed: { type: 'string' },
      },
    })
    const count = values.members ?? '500'
    if (!/^[1-9]\d{0,6}$/.test(count)) return { wrong: '--members: must be a whole number from 1 to 9999999' }
    if (positionals.length > 1) return { wrong: 'start takes one event file' }
    if (positionals.length === 1 && values.members) return { wrong: '--members: not with an event file' }
    const wrong = wrongChaos(values, positionals)
    if (wrong) return { wrong }
    const { chaos, seed } = values
    return {
      file: positionals[0],
      members: Number(count),
      crash: values.crash,
      json: values.json,
      keep: values.keep,
      chaos:
        chaos === undefined
          ? undefined
          : { seconds: Number(chaos), seed: seed === undefined ? undefined : Number(seed) },
    }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}

function wrongChaos(
  values: { chaos?: string | undefined; seed?: string | undefined; crash: boolean; keep: boolean },
  positionals: readonly string[],
): string | undefined {
  const { chaos, seed } = values
  if (chaos === undefined) return seed === undefined ? undefined : '--seed: only with --chaos'
  if (!/^[1-9]\d{0,3}$/.test(chaos)) return '--chaos: must be a whole number of seconds from 1 to 9999'
  if (seed !== undefined && !/^\d{1,9}$/.test(seed))
    return '--seed: must be a whole number from 0 to 999999999'
  if (values.crash) return '--crash: not with --chaos, which kills processes itself'
  if (values.keep) return '--keep: not with --chaos, whose judgement needs a system that nobody else uses'
  if (positionals.length > 0)
    return '--chaos: not with an event file, which could not be spread over the time: use --members'
  return undefined
}
