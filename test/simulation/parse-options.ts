import { parseArgs } from 'node:util'
import { BUGS } from './bugs/bugs.ts'

export type SimulateOptions = {
  seeds: number
  firstSeed: number
  /** The name of a deliberate bug that is put in place. */
  bug: string | undefined
  bugs: boolean
  outage: boolean
}

const WHOLE = /^[1-9]\d{0,8}$/

/** Reads the words behind `npm run simulate --`. Returns a sentence when they can't be used. */
export function parseOptions(args: readonly string[]): SimulateOptions | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string', default: '10000' },
        'first-seed': { type: 'string', default: '1' },
        bug: { type: 'string' },
        bugs: { type: 'boolean', default: false },
        outage: { type: 'boolean', default: false },
      },
    })
    const { seeds, 'first-seed': firstSeed, bug, bugs, outage } = values
    if (!WHOLE.test(seeds)) return { wrong: '--seeds: must be a whole number from 1 to 999999999' }
    if (!WHOLE.test(firstSeed)) return { wrong: '--first-seed: must be a whole number from 1 to 999999999' }
    if (bug !== undefined && !BUGS[bug]) return { wrong: '--bug: must be one of those that --bugs lists' }
    return { seeds: Number(seeds), firstSeed: Number(firstSeed), bug, bugs, outage }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'unusable arguments' }
  }
}
