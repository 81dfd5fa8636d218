import { parseArgs } from 'node:util'
import { explainArguments } from '../../cli/terminal.ts'
import { type StageName, stages } from '../fixtures/stages.ts'

/** What `npm run bench` was asked for. */
export type BenchOptions = {
  json: boolean
  /** Measure just enough to show that the benchmark runs. */
  quick: boolean
  rounds: number
  /** The file to write the chart to. */
  chart: string | undefined
  /** Set when only the whole system is to be measured. */
  stack: StackScale | undefined
}

const STAGE_NAMES = Object.keys(stages) as StageName[]

const DEFAULT_PARTS = ['event', 'giant', 'stream', 'peers'] as const
const STACK_PARTS = [...DEFAULT_PARTS, 'memory', 'sessions'] as const

export const USAGE = `usage: npm run bench -- [--quick] [--rounds N] [--json] [--chart FILE]
       npm run bench -- --stack [--stage ${STAGE_NAMES.join('|')}] [--latency MS] [--part ${STACK_PARTS.join('|')}] [--json]`

const OPTIONS = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean' },
  rounds: { type: 'string' },
  chart: { type: 'string' },
  stack: { type: 'boolean', default: false },
  stage: { type: 'string' },
  latency: { type: 'string' },
  part: { type: 'string' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Parses the arguments of `npm run bench --`. Returns a sentence that says what is wrong when they can't be used. */
export function parseOptions(args: readonly string[]): BenchOptions | { error: string } {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS })
    return values.stack ? toStackOptions(values) : toFullOptions(values)
  } catch (error) {
    return { error: explainArguments(error) }
  }
}

const DEFAULT_ROUNDS = '3'

function toFullOptions(values: Values): BenchOptions | { error: string } {
  for (const name of ['stage', 'latency', 'part'] as const)
    if (values[name] !== undefined) return { error: `--${name}: only with --stack` }
  const { json, quick = false, rounds = quick ? '1' : DEFAULT_ROUNDS, chart } = values
  if (!/^[1-9]\d{0,2}$/.test(rounds)) return { error: '--rounds: must be a whole number from 1 to 999' }
  return { json, quick, rounds: Number(rounds), chart, stack: undefined }
}

function toStackOptions(values: Values): BenchOptions | { error: string } {
  for (const name of ['quick', 'rounds', 'chart'] as const)
    if (values[name] !== undefined) return { error: `--${name}: not with --stack` }
  const { json, stage, latency, part } = values
  const stageName = STAGE_NAMES.find((name) => name === stage)
  if (stage !== undefined && !stageName) return { error: `--stage: must be one of ${STAGE_NAMES.join(', ')}` }
  if (latency !== undefined && !/^\d{1,5}$/.test(latency))
    return { error: '--latency: must be a whole number of milliseconds' }
  const only = STACK_PARTS.find((name) => name === part)
  if (part !== undefined && !only) return { error: `--part: must be one of ${STACK_PARTS.join(', ')}` }
  const stack: StackScale = {
    stageNames: stageName ? [stageName] : ['prod', 'local'],
    latenciesMs: latency === undefined ? [REFERENCE_LATENCY_MS, 200] : [Number(latency)],
    parts: only ? [only] : DEFAULT_PARTS,
  }
  return { json, quick: false, rounds: 1, chart: undefined, stack }
}

/** What to measure of the whole system. */
export type StackScale = {
  stageNames: readonly StageName[]
  latenciesMs: readonly number[]
  parts: readonly (typeof STACK_PARTS)[number][]
}

/** How much to measure: at which latencies of Stytch, for about how long at each, and how often. */
export type Scale = {
  loads: readonly { latencyMs: number; secondsPerRun: number }[]
  warmUpMembers: number
  stack: StackScale
  rounds: number
  coldStarts: number
}

/** Numbers of calls in flight at which the handlers are compared. */
export const IN_FLIGHT = [10, 50] as const

/** The latency at which handlers are priced and compared with the targets. */
export const REFERENCE_LATENCY_MS = 50

const MIN_COLD_STARTS = 11

/** The whole benchmark. The runs at the latency of the targets are the longest. */
export function fullScale(rounds: number): Scale {
  return {
    loads: [
      { latencyMs: 0, secondsPerRun: 1 },
      { latencyMs: REFERENCE_LATENCY_MS, secondsPerRun: 2.2 },
      { latencyMs: 200, secondsPerRun: 1.6 },
    ],
    warmUpMembers: 1500,
    stack: { stageNames: ['prod'], latenciesMs: [REFERENCE_LATENCY_MS, 0, 200], parts: DEFAULT_PARTS },
    rounds,
    coldStarts: Math.max(rounds, MIN_COLD_STARTS),
  }
}

/** Just enough of everything to show that it runs; the whole system is left out. */
export function quickScale(rounds: number): Scale {
  return {
    loads: [{ latencyMs: REFERENCE_LATENCY_MS, secondsPerRun: 0.1 }],
    warmUpMembers: 50,
    stack: { stageNames: ['local'], latenciesMs: [REFERENCE_LATENCY_MS], parts: [] },
    rounds,
    coldStarts: rounds,
  }
}
