import { PRICES } from '../prices.ts'

/** Lambda gives a function one core at this size, and less in proportion ("Configure Lambda function memory"). */
const MB_PER_CORE = 1769
const MEMBERS = 1_000_000
/** SendMessageBatch takes as many; what a message's members need stays below the 64 KB that are billed as one request. */
const MESSAGES_PER_SEND = 10

/** What a handler was measured to need for one member. */
export type Need = {
  wallSeconds: number
  cpuSeconds: number
  writeUnits: number
  readUnits: number
}

/** How messages reach it. */
export type Delivery = { membersPerMessage: number; recordsPerBatch: number }

/** Dollars per million members. */
export type Dollars = {
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
