import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Bench } from './bench.ts'
import { type Spread, toSpread } from './figures.ts'
import { IN_FLIGHT, type Scale } from './options.ts'
import { toEvents, withRunner } from './runner.ts'
import type { Counts } from './server.ts'
import { type Bundles, VARIANT_NAMES, VARIANTS, type VariantName } from './variants.ts'

/** One variant under one load. A share of ideal of 1 means `inFlight` calls at any moment, with no time between them. */
export type HandlerResult = {
  variant: VariantName
  latencyMs: number
  inFlight: number
  membersPerSecond: Spread
  /** Absent at 0 ms, where only the CPU limits the rate. */
  shareOfIdeal?: Spread
  cpuMicrosPerMember: Spread
  peakRssMb: Spread
  /** What each member used at Stytch and in DynamoDB; units as DynamoDB bills them. */
  perMember: { stytchCalls: Spread; dynamoDbRequests: Spread; writeUnits: Spread; readUnits: Spread }
}

type Load = Pick<HandlerResult, 'variant' | 'latencyMs' | 'inFlight'> & { seconds: number }
type Measured = { members: number; wallMs: number; cpuMicros: number; peakRssKb: number; counts: Counts }

/** Measures every variant at every latency and every number of calls in flight, each time in a fresh process. Reports each round to `say`. */
export async function measureHandlers(
  bench: Bench,
  scale: Scale,
  say: (text: string) => void,
): Promise<HandlerResult[]> {
  const groups = toGroups(scale)
  for (let round = 0; round < scale.rounds; round++) {
    say(`Round ${round + 1} of ${scale.rounds}`)
    for (const group of groups) {
      for (const { load, runs } of rotate(group, round))
        runs.push(await measureOnce(bench, load, scale.warmUpMembers))
    }
  }
  return groups.flat().map(({ load, runs }) => toResult(load, runs))
}

type Group = { load: Load; runs: Measured[] }[]

/** The loads that are compared with each other. A variant that makes one call at a time is in the first group of each latency only. */
function toGroups({ loads }: Scale): Group[] {
  return loads.flatMap(({ latencyMs, secondsPerRun: seconds }) =>
    IN_FLIGHT.map((inFlight) =>
      VARIANT_NAMES.flatMap((variant): Group => {
        const isOneAtATime = VARIANTS[variant].members === 'one at a time'
        if (isOneAtATime && inFlight !== IN_FLIGHT[0]) return []
        return [{ load: { variant, latencyMs, inFlight: isOneAtATime ? 1 : inFlight, seconds }, runs: [] }]
      }),
    ),
  )
}

async function measureOnce(bench: Bench, load: Load, warmUpMembers: number): Promise<Measured> {
  const { variant, latencyMs, inFlight, seconds } = load
  const isAllAtOnce = VARIANTS[variant].members === 'in flight'
  const events = (members: number) =>
    isAllAtOnce
      ? toEvents(members, { perEvent: inFlight, oneRecord: true })
      : toEvents(members, { perEvent: members })
  await bench.server.setLatency(0)
  return withRunner(bench, variant, inFlight, async (runner) => {
    const warmUp = await runner.run(events(warmUpMembers))
    const unlimited = (1000 * warmUpMembers) / warmUp.wallMs
    const perSecond = latencyMs === 0 ? unlimited : Math.min(unlimited, (1000 * inFlight) / latencyMs)
    const members = inFlight * Math.max(2, Math.ceil((seconds * perSecond) / inFlight))
    await bench.server.setLatency(latencyMs)
    const run = await runner.run(events(members))
    return { members, ...run, counts: await bench.server.setLatency(0) }
  })
}

function toResult(load: Load, runs: readonly Measured[]): HandlerResult {
  const spread = (of: (run: Measured) => number) => toSpread(runs.map(of))
  const perSecond = ({ members, wallMs }: Measured) => (1000 * members) / wallMs
  const { variant, latencyMs, inFlight } = load
  return {
    ...{ variant, latencyMs, inFlight },
    membersPerSecond: spread(perSecond),
    ...(latencyMs > 0 && {
      shareOfIdeal: spread((run) => (perSecond(run) * latencyMs) / (1000 * inFlight)),
    }),
    cpuMicrosPerMember: spread(({ cpuMicros, members }) => cpuMicros / members),
    peakRssMb: spread(({ peakRssKb }) => peakRssKb / 1024),
    perMember: {
      stytchCalls: spread(({ counts, members }) => counts.stytchCalls / members),
      dynamoDbRequests: spread(({ counts, members }) => counts.dynamoDbRequests / members),
      writeUnits: spread(({ counts, members }) => counts.writeUnits / members),
      readUnits: spread(({ counts, members }) => counts.readUnits / members),
    },
  }
}

/** ms since the process started, including Node's own start, until the handler was loaded and until a call with one member returned. */
export type ColdStartResult = { variant: VariantName; loadedMs: Spread; answeredMs: Spread }

/** Starts a fresh process of every variant, `coldStarts` times. Stytch answers without delay. */
export async function measureColdStarts(
  bench: Bench,
  { coldStarts }: Pick<Scale, 'coldStarts'>,
): Promise<ColdStartResult[]> {
  await bench.server.setLatency(0)
  const firstCalls = VARIANT_NAMES.map((variant) => ({
    variant,
    loaded: [] as number[],
    answered: [] as number[],
  }))
  for (let round = 0; round < coldStarts; round++) {
    for (const { variant, loaded, answered } of rotate(firstCalls, round)) {
      const { loadedMs, answeredMs } = await withRunner(bench, variant, 1, async ({ firstCall }) => firstCall)
      loaded.push(loadedMs)
      answered.push(answeredMs)
    }
  }
  return firstCalls.map(({ variant, loaded, answered }) => ({
    variant,
    loadedMs: toSpread(loaded),
    answeredMs: toSpread(answered),
  }))
}

/** The size of the bundle, minified, and the same compressed. */
export type BundleResult = { variant: VariantName; minifiedBytes: number; gzipBytes: number }

/** Measures the files in each bundle's folder. */
export function measureBundles(bundles: Bundles): Promise<BundleResult[]> {
  return Promise.all(
    VARIANT_NAMES.map(async (variant) => {
      const folder = bundles[variant]
      const files = await Promise.all(
        (await readdir(folder)).map((name) => readFile(path.join(folder, name))),
      )
      const zipped = await Promise.all(files.map((file) => promisify(gzip)(file)))
      return { variant, minifiedBytes: sizeOf(files), gzipBytes: sizeOf(zipped) }
    }),
  )
}

function sizeOf(files: readonly Buffer[]): number {
  return files.reduce((sum, { length }) => sum + length, 0)
}

/** The list, started at a different place in each round, so that no variant always runs first or after the same other one. */
function rotate<Item>(items: readonly Item[], round: number): Item[] {
  const from = round % Math.max(1, items.length)
  return [...items.slice(from), ...items.slice(0, from)]
}
