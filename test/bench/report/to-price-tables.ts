import { REFERENCE_LATENCY_MS } from '../scale.ts'
import { MEMORY_SIZES_MB, type PriceResult } from '../sections/price-handlers.ts'
import { toTable } from './to-table.ts'

/** What a million members cost, by what is paid for and by memory size, each with its title before it. */
export function toPriceTables(prices: readonly PriceResult[]): string[] {
  return [
    `US dollars per million members, at ${REFERENCE_LATENCY_MS} ms without a rate budget, in the smallest memory that it fills to at most 80 %`,
    toPriceTable(prices),
    'Of it, Lambda time by memory size',
    toMemoryTable(prices),
  ]
}

function toPriceTable(prices: readonly PriceResult[]): string {
  return toTable(
    ['variant', 'in flight', 'MB', 'per message', 'Lambda time', 'Lambda requests', 'SQS', 'ledger', 'total'],
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
