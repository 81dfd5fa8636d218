import { showSpread, showWhole, toTable } from './figures.ts'
import type { BundleResult, ColdStartResult, HandlerResult } from './measure-variants.ts'
import { REFERENCE_LATENCY_MS } from './options.ts'
import { MEMORY_SIZES_MB, type PriceResult } from './prices.ts'
import { toStackTables } from './stack/report.ts'
import type { Measured, Target } from './targets.ts'
import { VARIANTS } from './variants.ts'

/** Everything of one run: what `--json` prints. */
export type BenchResult = Measured & {
  machine: Machine
  rounds: number
  seconds: number
  targets: readonly Target[]
}

/** What the run was measured on. */
export type Machine = { node: string; cpu: string; cores: number }

/** Formats the result for a terminal of 120 columns: a table for each question, then the targets. */
export function toReport(result: BenchResult): string {
  const { machine, rounds, seconds, handlers, coldStarts, bundles, prices, stack, targets } = result
  return [
    'What is compared',
    Object.entries(VARIANTS)
      .map(([name, { title }]) => `  ${name.padEnd(17)}  ${title}`)
      .join('\n'),
    ...toHandlerTables(handlers, rounds),
    ...toStartTables(coldStarts, bundles),
    ...toPriceTables(prices),
    ...toStackTables(stack),
    'Targets',
    toTargetTable(targets),
    `Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}; the run took ${Math.round(seconds)} s.`,
  ].join('\n\n')
}

function toTargetTable(targets: readonly Target[]): string {
  return toTable(
    ['ratio', 'measured', 'target', ''],
    targets.map(({ name, ratio, atLeast, atMost, met }) => [
      name,
      ratio.toFixed(2),
      atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`,
      met ? 'met' : 'NOT MET',
    ]),
  )
}

/** A table for each latency, and one of what each member uses at Stytch and in DynamoDB; each preceded by its title. */
function toHandlerTables(handlers: readonly HandlerResult[], rounds: number): string[] {
  const at = (latency: number) => handlers.filter(({ latencyMs }) => latencyMs === latency)
  return [
    ...[...new Set(handlers.map(({ latencyMs }) => latencyMs))].flatMap((latency) => [
      `Stytch answers after ${latency} ms: median of ${rounds} (lowest–highest)`,
      toHandlerTable(at(latency)),
    ]),
    `Per member, at ${REFERENCE_LATENCY_MS} ms`,
    toUseTable(at(REFERENCE_LATENCY_MS)),
  ]
}

function toHandlerTable(handlers: readonly HandlerResult[]): string {
  return toTable(
    ['variant', 'in flight', 'members/s', 'of ideal', 'CPU µs per member', 'peak MB'],
    handlers.map(({ variant, inFlight, membersPerSecond, shareOfIdeal, cpuMicrosPerMember, peakRssMb }) => [
      variant,
      String(inFlight),
      showSpread(membersPerSecond),
      shareOfIdeal ? shareOfIdeal.median.toFixed(2) : '',
      showSpread(cpuMicrosPerMember),
      showSpread(peakRssMb),
    ]),
  )
}

function toUseTable(handlers: readonly HandlerResult[]): string {
  return toTable(
    ['variant', 'in flight', 'Stytch calls', 'DynamoDB requests', 'write units', 'read units'],
    handlers.map(({ variant, inFlight, perMember }) => [
      variant,
      String(inFlight),
      perMember.stytchCalls.median.toFixed(2),
      perMember.dynamoDbRequests.median.toFixed(2),
      perMember.writeUnits.median.toFixed(2),
      perMember.readUnits.median.toFixed(2),
    ]),
  )
}

/** What a fresh execution environment loads, in time and in bytes; each table preceded by its title. */
function toStartTables(coldStarts: readonly ColdStartResult[], bundles: readonly BundleResult[]): string[] {
  return [
    "Cold start, ms since the process started (including Node's own start)",
    toColdStartTable(coldStarts),
    'Bundle, bytes',
    toBundleTable(bundles),
  ]
}

function toColdStartTable(coldStarts: readonly ColdStartResult[]): string {
  return toTable(
    ['variant', 'handler loaded', 'first member reset'],
    coldStarts.map(({ variant, loadedMs, answeredMs }) => [
      variant,
      showSpread(loadedMs),
      showSpread(answeredMs),
    ]),
  )
}

function toBundleTable(bundles: readonly BundleResult[]): string {
  return toTable(
    ['variant', 'minified', 'gzip'],
    bundles.map(({ variant, minifiedBytes, gzipBytes }) => [
      variant,
      showWhole(minifiedBytes),
      showWhole(gzipBytes),
    ]),
  )
}

/** What a million members cost, in total and by memory size; each table preceded by its title. */
function toPriceTables(prices: readonly PriceResult[]): string[] {
  return [
    `US dollars per million members, at ${REFERENCE_LATENCY_MS} ms without a rate budget,\nwith the smallest memory of which the peak is at most 80 %`,
    toPriceTable(prices),
    'The Lambda time of these dollars, by memory size',
    toMemoryTable(prices),
  ]
}

function toPriceTable(prices: readonly PriceResult[]): string {
  return toTable(
    ['variant', 'in flight', 'MB', 'per message', 'Lambda time', 'invocations', 'SQS', 'ledger', 'total'],
    prices.map(({ variant, inFlight, memoryMb, membersPerMessage, dollars }) => [
      variant,
      String(inFlight),
      String(memoryMb),
      String(membersPerMessage),
      dollars.lambdaTime.toFixed(4),
      dollars.lambdaRequests.toFixed(4),
      dollars.sqsRequests.toFixed(4),
      dollars.ledger.toFixed(4),
      dollars.total.toFixed(4),
    ]),
  )
}

function toMemoryTable(prices: readonly PriceResult[]): string {
  return toTable(
    ['variant', 'in flight', ...MEMORY_SIZES_MB.map((size) => `${size} MB`)],
    prices.map(({ variant, inFlight, lambdaTimeByMemory }) => [
      variant,
      String(inFlight),
      ...MEMORY_SIZES_MB.map((size) => (lambdaTimeByMemory[size] ?? Number.NaN).toFixed(4)),
    ]),
  )
}
