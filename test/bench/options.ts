import { type Command, defineCommand, type FlagValues } from '../../cli/command.ts'
import { UsageError } from '../../cli/terminal.ts'
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

/** The latency at which handlers are priced and compared with the targets. */
export const REFERENCE_LATENCY_MS = 50

const STACK = 'with --stack'

const FLAGS = {
  json: { type: 'boolean', about: 'prints the figures as one object' },
  quick: { type: 'boolean', about: 'just enough to show that the benchmark runs' },
  rounds: { type: 'string', value: 'N', about: 'how often all is measured, 3 unless given' },
  chart: { type: 'string', value: 'FILE', about: 'writes the chart, as SVG' },
  stack: { type: 'boolean', about: 'only the whole system, longer' },
  stage: {
    type: 'string',
    value: 'NAME',
    group: STACK,
    choices: STAGE_NAMES,
    about: `${STAGE_NAMES.join(', ')}; prod and local unless given`,
  },
  latency: {
    type: 'string',
    value: 'MS',
    group: STACK,
    about: `how long Stytch takes to answer; ${REFERENCE_LATENCY_MS} and 200 unless given`,
  },
  part: {
    type: 'string',
    value: 'PART',
    group: STACK,
    choices: STACK_PARTS,
    about: `one of ${STACK_PARTS.join(', ')}; ${DEFAULT_PARTS.join(', ')} unless given`,
  },
} as const

type Values = FlagValues<typeof FLAGS>

/** `npm run bench`, which is measured by `run`. */
export function benchBy(run: (options: BenchOptions) => Promise<number>): Command {
  return defineCommand({
    call: 'npm run bench --',
    synopsis: [
      '[--quick] [--rounds N] [--json] [--chart FILE]',
      '--stack [--stage NAME] [--latency MS] [--part PART] [--json]',
    ],
    about: [
      'Measures how fast the handlers and the whole system are, and what they cost. Progress is on standard error.',
    ],
    flags: FLAGS,
    exitCodes: { 0: 'measured', 2: 'unusable arguments', 130: 'interrupted' },
    examples: [
      'npm run bench -- --quick',
      'npm run bench -- --chart docs/performance.svg',
      'npm run bench -- --stack --part memory',
    ],
    parse: (values) => (values.stack ? toStackOptions(values) : toFullOptions(values)),
    run,
  })
}

const DEFAULT_ROUNDS = '3'

function toFullOptions(values: Values): BenchOptions {
  for (const name of ['stage', 'latency', 'part'] as const)
    if (values[name] !== undefined) throw new UsageError(`--${name}: only with --stack`)
  const { json, quick, rounds = quick ? '1' : DEFAULT_ROUNDS, chart } = values
  if (!/^[1-9]\d{0,2}$/.test(rounds)) throw new UsageError('--rounds: must be a whole number from 1 to 999')
  return { json, quick, rounds: Number(rounds), chart, stack: undefined }
}

function toStackOptions(values: Values): BenchOptions {
  for (const name of ['quick', 'rounds', 'chart'] as const)
    if (values[name]) throw new UsageError(`--${name}: not with --stack`)
  const { json, stage, latency, part } = values
  if (latency !== undefined && !/^\d{1,5}$/.test(latency))
    throw new UsageError('--latency: must be a whole number of milliseconds')
  const stack: StackScale = {
    stageNames: stage ? [stage] : ['prod', 'local'],
    latenciesMs: latency === undefined ? [REFERENCE_LATENCY_MS, 200] : [Number(latency)],
    parts: part ? [part] : DEFAULT_PARTS,
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
