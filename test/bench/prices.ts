import type { HandlerResult } from './measure-variants.ts'
import { REFERENCE_LATENCY_MS } from './options.ts'
import { settingsForShare } from './runner.ts'
import type { VariantName } from './variants.ts'

export const MEMORY_SIZES_MB = [128, 256, 512, 1024] as const
/** The peak may take so much of the memory: above it, one larger answer or a longer batch would end the process. */
const MAX_SHARE_OF_MEMORY = 0.8

/** Dollars per million members at 50 ms, by memory size. `memoryMb`: the smallest size that leaves a fifth of itself free. */
export type PriceResult = {
  variant: VariantName
  inFlight: number
  memoryMb: number
  membersPerMessage: number
  dollars: Dollars
  lambdaTimeByMemory: Record<number, number>
}

/** The peers are given an event as it comes: one message with everybody, here of 500. */
const PEER_DELIVERY = { membersPerMessage: 500, recordsPerBatch: 1 }

/** Prices what was measured at 50 ms. Our messages are cut as if each environment's share of the rate were the measured members per second. */
export function priceHandlers(handlers: readonly HandlerResult[]): PriceResult[] {
  return handlers
    .filter(({ latencyMs }) => latencyMs === REFERENCE_LATENCY_MS)
    .map(({ variant, inFlight, membersPerSecond, cpuMicrosPerMember, peakRssMb, perMember }) => {
      const need = {
        wallSeconds: 1 / membersPerSecond.median,
        cpuSeconds: cpuMicrosPerMember.median / 1e6,
        writeUnits: perMember.writeUnits.median,
        readUnits: perMember.readUnits.median,
      }
      const share = Math.max(1, Math.floor(membersPerSecond.median))
      const delivery = variant.startsWith('peer') ? PEER_DELIVERY : settingsForShare(share)
      const price = (memoryMb: number) => toDollars(need, memoryMb, delivery)
      const memoryMb = smallestSize(peakRssMb.median)
      return {
        ...{ variant, inFlight, memoryMb, dollars: price(memoryMb) },
        membersPerMessage: delivery.membersPerMessage,
        lambdaTimeByMemory: Object.fromEntries(MEMORY_SIZES_MB.map((size) => [size, price(size).lambdaTime])),
      }
    })
}

function smallestSize(peakMb: number): number {
  return MEMORY_SIZES_MB.find((size) => peakMb <= MAX_SHARE_OF_MEMORY * size) ?? Number.POSITIVE_INFINITY
}

/** Lambda gives a function one core at this size, and less in proportion ("Configure Lambda function memory"). */
const MB_PER_CORE = 1769
const MEMBERS = 1_000_000
/** SendMessageBatch takes as many; what a message's members need stays below the 64 KB that are billed as one request. */
const MESSAGES_PER_SEND = 10

/** What a handler was measured to need for one member. */
type Need = {
  wallSeconds: number
  cpuSeconds: number
  writeUnits: number
  readUnits: number
}

/** How messages reach it. */
type Delivery = { membersPerMessage: number; recordsPerBatch: number }

/** Dollars per million members. */
type Dollars = {
  lambdaTime: number
  lambdaRequests: number
  sqsRequests: number
  ledger: number
  total: number
}

/**
 * What a million members cost at a memory size. Lambda bills the time that passes: that of waiting, or that of computing with the share
 * of a core that the size gives, whichever is longer. SQS bills sending, receiving and deleting in batches; the polls of an idle
 * queue are not counted. The step before, which splits events, is left out: the whole system's table has it.
 */
export function toDollars(
  { wallSeconds, cpuSeconds, writeUnits, readUnits }: Need,
  memoryMb: number,
  { membersPerMessage, recordsPerBatch }: Delivery,
): Dollars {
  const seconds = Math.max(wallSeconds, cpuSeconds / (memoryMb / MB_PER_CORE))
  const perMessage = 1 / MESSAGES_PER_SEND + 2 / recordsPerBatch
  const parts = {
    lambdaTime: MEMBERS * seconds * (memoryMb / 1024) * PRICES.lambdaGbSecond,
    lambdaRequests: (MEMBERS / (recordsPerBatch * membersPerMessage)) * PRICES.lambdaRequest,
    sqsRequests: (MEMBERS / membersPerMessage) * perMessage * PRICES.sqsRequest,
    ledger: MEMBERS * (writeUnits * PRICES.dynamoDbWriteUnit + readUnits * PRICES.dynamoDbReadUnit),
  }
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) }
}

/**
 * AWS list prices in US dollars for us-east-1, without free tier and volume discounts: aws.amazon.com/lambda/pricing (arm64),
 * /sqs/pricing (standard queue, a request per started 64 KB) and /dynamodb/pricing (on demand, standard table class).
 */
export const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  sqsRequest: 0.4e-6,
  dynamoDbWriteUnit: 0.625e-6,
  dynamoDbReadUnit: 0.125e-6,
}
