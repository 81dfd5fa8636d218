import { parseArgs } from 'node:util'
import { explainArguments } from '../../cli/terminal.ts'
import { PARTS, type StackScale } from './stack/measure-stack.ts'

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

/** How much is measured: at which latencies of Stytch, how long a run takes about there, and how often. */
export type Scale = {
  loads: readonly { latencyMs: number; secondsPerRun: number }[]
  warmUpMembers: number
  /** Of the whole system. */
  stack: StackScale
  rounds: number
  coldStarts: number
}

/** Calls in flight at which the handlers are compared. */
export const IN_FLIGHT = [10, 50] as const

/** The latency at which handlers are priced and held against the targets. */
export const REFERENCE_LATENCY_MS = 50

const MIN_COLD_STARTS = 11

/** Everything. Longest at the latency of the targets. */
export function fullScale(rounds: number): Scale {
  return {
    loads: [
      { latencyMs: 0, secondsPerRun: 1 },
      { latencyMs: REFERENCE_LATENCY_MS, secondsPerRun: 2.2 },
      { latencyMs: 200, secondsPerRun: 1.6 },
    ],
    warmUpMembers: 1500,
    stack: { stageNames: ['prod'], latenciesMs: [REFERENCE_LATENCY_MS, 0, 200], parts: PARTS },
    rounds,
    coldStarts: Math.max(rounds, MIN_COLD_STARTS),
  }
}

/** As little of everything as shows that it runs. */
export function quickScale(rounds: number): Scale {
  return {
    loads: [{ latencyMs: REFERENCE_LATENCY_MS, secondsPerRun: 0.1 }],
    warmUpMembers: 50,
    stack: { stageNames: ['local'], latenciesMs: [REFERENCE_LATENCY_MS], parts: [] },
    rounds,
    coldStarts: rounds,
  }
}
