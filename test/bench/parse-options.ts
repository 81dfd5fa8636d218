import { parseArgs } from 'node:util'
import { explainArguments } from '../../cli/terminal.ts'

export type BenchOptions = {
  json: boolean
  /** As little of everything as shows that it runs. */
  quick: boolean
  rounds: number
  /** Where to write the chart. */
  chart: string | undefined
}

const ROUNDS = '3'

/** Reads the words behind `npm run bench --`. Returns a sentence when they can't be used. */
export function parseOptions(args: readonly string[]): BenchOptions | { wrong: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        chart: { type: 'string' },
      },
    })
    const { json, quick, rounds = quick ? '1' : ROUNDS, chart } = values
    if (!/^[1-9]\d{0,2}$/.test(rounds)) return { wrong: '--rounds: must be a whole number from 1 to 999' }
    return { json, quick, rounds: Number(rounds), chart }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
