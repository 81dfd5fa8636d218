import { REFERENCE_LATENCY_MS } from '../scale.ts'
import type { BundleResult } from '../sections/measure-bundles.ts'
import type { ColdStartResult } from '../sections/measure-cold-starts.ts'
import type { HandlerResult } from '../sections/measure-handlers.ts'
import { MEMORY_SIZES_MB, type PriceResult } from '../sections/price-handlers.ts'
import type { Spread } from '../to-spread.ts'
import { VARIANTS } from '../variants/variants.ts'
import type { BenchResult } from './bench-result.ts'
import type { Target } from './judge-targets.ts'
import { toTable } from './to-table.ts'

/** The printed result: a table per question, then the targets. At most 100 columns. */
export function toReport(result: BenchResult): string {
  const { machine, rounds, seconds, handlers, coldStarts, bundles, prices, targets } = result
  return [
    'What is compared',
    Object.entries(VARIANTS)
      .map(([name, { title }]) => `  ${name.padEnd(17)}  ${title}`)
      .join('\n'),
    ...[...new Set(handlers.map(({ latencyMs }) => latencyMs))].flatMap((latencyMs) => [
      `Stytch answers after ${latencyMs} ms: median of ${rounds} (lowest–highest)`,
      toHandlerTable(handlers.filter((one) => one.latencyMs === latencyMs)),
    ]),
    `Per member, at ${REFERENCE_LATENCY_MS} ms`,
    toCostTable(handlers.filter(({ latencyMs }) => latencyMs === REFERENCE_LATENCY_MS)),
    "Cold start, ms since the process began (Node's own start included)",
    toColdStartTable(coldStarts),
    'Bundle, bytes',
    toBundleTable(bundles),
    `US dollars per million members, at ${REFERENCE_LATENCY_MS} ms and the smallest memory that the peak fills to at most 80 %`,
    toPriceTable(prices),
    'Of it, Lambda time by memory size',
    toMemoryTable(prices),
    'Targets',
    toTargetTable(targets),
    `Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}; it took ${Math.round(seconds)} s.`,
  ].join('\n\n')
}

function toHandlerTable(handlers: readonly HandlerResult[]): string {
  return toTable(
    ['variant', 'in flight', 'members/s', 'of ideal', 'CPU µs per member', 'peak MB'],
    handlers.map(({ variant, inFlight, membersPerSecond, shareOfIdeal, cpuMicrosPerMember, peakRssMb }) => [
      variant,
      String(inFlight),
      spread(membersPerSecond),
      shareOfIdeal ? shareOfIdeal.median.toFixed(2) : '',
      spread(cpuMicrosPerMember),
      spread(peakRssMb),
    ]),
  )
}

function toCostTable(handlers: readonly HandlerResult[]): string {
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

function toColdStartTable(coldStarts: readonly ColdStartResult[]): string {
  return toTable(
    ['variant', 'handler loaded', 'first member reset'],
    coldStarts.map(({ variant, loadedMs, answeredMs }) => [variant, spread(loadedMs), spread(answeredMs)]),
  )
}

function toBundleTable(bundles: readonly BundleResult[]): string {
  return toTable(
    ['variant', 'minified', 'gzip'],
    bundles.map(({ variant, minifiedBytes, gzipBytes }) => [variant, whole(minifiedBytes), whole(gzipBytes)]),
  )
}

function toPriceTable(prices: readonly PriceResult[]): string {
  return toTable(
    ['variant', 'in flight', 'MB', 'Lambda time', 'Lambda requests', 'SQS', 'ledger', 'total'],
    prices.map(({ variant, inFlight, memoryMb, dollars }) => [
      variant,
      String(inFlight),
      String(memoryMb),
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

function spread({ median, min, max }: Spread): string {
  return `${whole(median)} (${whole(min)}–${whole(max)})`
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}
