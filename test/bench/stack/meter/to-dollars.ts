import { PRICES } from '../../prices.ts'
import type { Usage } from '../meter.ts'

const MEMBERS = 1_000_000

/** Dollars per million members. */
export type Dollars = { lambda: number; sqs: number; ledger: number; total: number }

/** What a million members cost who use AWS as `members` did, with functions of `memoryMb`. The starts of environments are billed, too. */
export function toDollars(usage: Usage, members: number, memoryMb: number): Dollars {
  const lambda = Object.values(usage.lambda).reduce(
    (sum, { invocations, billedMs, initMs }) =>
      sum +
      invocations * PRICES.lambdaRequest +
      ((billedMs + initMs) / 1000) * (memoryMb / 1024) * PRICES.lambdaGbSecond,
    0,
  )
  const requests = Object.values(usage.sqsRequests).reduce((sum, count) => sum + count, 0)
  const ledger = usage.writeUnits * PRICES.dynamoDbWriteUnit + usage.readUnits * PRICES.dynamoDbReadUnit
  const parts = { lambda, sqs: requests * PRICES.sqsRequest, ledger }
  const perMillion = (dollars: number) => (dollars / members) * MEMBERS
  return {
    lambda: perMillion(parts.lambda),
    sqs: perMillion(parts.sqs),
    ledger: perMillion(parts.ledger),
    total: perMillion(parts.lambda + parts.sqs + parts.ledger),
  }
}
