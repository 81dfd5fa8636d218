import type { Stage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'
import type { HandlerResult } from './measure-variants.ts'
import { REFERENCE_LATENCY_MS } from './options.ts'
import { settingsForShare } from './runner.ts'
import type { VariantName } from './variants.ts'

/**
 * AWS list prices in US dollars for us-east-1, without free tier and volume discounts: aws.amazon.com/lambda/pricing (arm64),
 * /sqs/pricing (standard queue, a request per started 64 KB) and /dynamodb/pricing (on demand, standard table class).
 */
const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  sqsRequest: 0.4e-6,
  dynamoDbWriteUnit: 0.625e-6,
  dynamoDbReadUnit: 0.125e-6,
}

/** What was used of AWS, in the units that it bills. */
export type AwsUse = {
  lambdaGbSeconds: number
  lambdaRequests: number
  sqsRequests: number
  writeUnits: number
  readUnits: number
}

/** US dollars per million members. */
type Dollars = {
  lambdaTime: number
  lambdaRequests: number
  sqsRequests: number
  ledger: number
  total: number
}

/** What a million members cost if `members` of them use this much of AWS. */
export function toDollars(use: AwsUse, members: number): Dollars {
  const perMillion = (dollars: number) => (dollars / members) * 1_000_000
  const parts = {
    lambdaTime: perMillion(use.lambdaGbSeconds * PRICES.lambdaGbSecond),
    lambdaRequests: perMillion(use.lambdaRequests * PRICES.lambdaRequest),
    sqsRequests: perMillion(use.sqsRequests * PRICES.sqsRequest),
    ledger: perMillion(use.writeUnits * PRICES.dynamoDbWriteUnit + use.readUnits * PRICES.dynamoDbReadUnit),
  }
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) }
}

export const MEMORY_SIZES_MB = [128, 256, 512, 1024] as const

/** Dollars per million members at 50 ms, by memory size. `memoryMb`: the smallest size of which a fifth stays free. */
export type PriceResult = {
  variant: VariantName
  inFlight: number
  memoryMb: number
  membersPerMessage: number
  dollars: Dollars
  lambdaTimeByMemory: Record<number, number>
}

/** The peers receive each event as it comes: one message with all its members, 500 here. */
const PEER_DELIVERY = { membersPerMessage: 500, recordsPerBatch: 1 }

/**
 * Prices the handlers as measured at 50 ms. Our messages are cut as in a stage where each environment's share of the rate is the
 * number of members per second that was measured.
 */
export function priceHandlers(handlers: readonly HandlerResult[], stage: Stage = stages.prod): PriceResult[] {
  return handlers
    .filter(({ latencyMs }) => latencyMs === REFERENCE_LATENCY_MS)
    .map((handler) => {
      const { variant, inFlight, membersPerSecond, peakRssMb } = handler
      const share = Math.max(1, Math.floor(membersPerSecond.median))
      const delivery = variant.startsWith('peer') ? PEER_DELIVERY : settingsForShare(share, stage)
      const price = (memoryMb: number) => toDollars(usePerMember(handler, memoryMb, delivery), 1)
      const memoryMb = smallestMemory(peakRssMb.median)
      return {
        ...{ variant, inFlight, memoryMb, dollars: price(memoryMb) },
        membersPerMessage: delivery.membersPerMessage,
        lambdaTimeByMemory: Object.fromEntries(MEMORY_SIZES_MB.map((size) => [size, price(size).lambdaTime])),
      }
    })
}

/** At a higher peak, one larger answer or a longer batch could exhaust the memory. */
const MAX_SHARE_OF_MEMORY = 0.8

function smallestMemory(peakMb: number): number {
  return MEMORY_SIZES_MB.find((size) => peakMb <= MAX_SHARE_OF_MEMORY * size) ?? Number.POSITIVE_INFINITY
}

/** Lambda gives a function one core at this size, and proportionally less below ("Configure Lambda function memory"). */
const MB_PER_CORE = 1769
/** The limit of SendMessageBatch. What is sent for one message stays below the 64 KB that are billed as one request. */
const MESSAGES_PER_SEND = 10

/**
 * What a handler uses of AWS for one member. Lambda bills elapsed time: that of waiting, or that of computing with the share of a
 * core that the memory size gives, whichever is longer. SQS bills sending, receiving and deleting in batches; the polls of an idle
 * queue are not counted. fan-out, which splits events, is not included: the table of the whole system has it.
 */
export function usePerMember(
  { membersPerSecond, cpuMicrosPerMember, perMember }: HandlerResult,
  memoryMb: number,
  { membersPerMessage, recordsPerBatch }: { membersPerMessage: number; recordsPerBatch: number },
): AwsUse {
  const computingSeconds = cpuMicrosPerMember.median / 1e6 / (memoryMb / MB_PER_CORE)
  const seconds = Math.max(1 / membersPerSecond.median, computingSeconds)
  const requestsPerMessage = 1 / MESSAGES_PER_SEND + 2 / recordsPerBatch
  return {
    lambdaGbSeconds: seconds * (memoryMb / 1024),
    lambdaRequests: 1 / (recordsPerBatch * membersPerMessage),
    sqsRequests: requestsPerMessage / membersPerMessage,
    writeUnits: perMember.writeUnits.median,
    readUnits: perMember.readUnits.median,
  }
}
