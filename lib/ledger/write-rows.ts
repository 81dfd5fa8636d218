import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { LedgerRow } from './ledger-row.ts'

const TRIES = 5

export type WriteRows = (rows: readonly LedgerRow[]) => Promise<void>

/** Writes at most 25 rows, no two with the same person and kind. Throws when DynamoDB leaves some unprocessed after five tries. */
export function createWriteRows(deps: {
  dynamoDB: DynamoDBClient
  table: string
  sleep: (ms: number) => Promise<void>
  random: () => number
}): WriteRows {
  const { dynamoDB, table, sleep, random } = deps
  return async (rows) => {
    let requests = rows.map((row) => ({ PutRequest: { Item: toItem(row) } }))
    for (let attempt = 1; ; attempt++) {
      const answer = await dynamoDB.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }))
      const unprocessed = answer.UnprocessedItems?.[table] ?? []
      if (unprocessed.length === 0) return
      if (attempt === TRIES) throw new Error('DynamoDB left ledger rows unwritten')
      requests = unprocessed as typeof requests
      await sleep(50 * 2 ** attempt * random())
    }
  }
}

function toItem(row: LedgerRow): Record<string, AttributeValue> {
  return {
    person: { S: row.person },
    kind: { S: row.kind },
    [row.kind === 'reset' ? 'resetAt' : 'calledAt']: { N: String(row.at) },
    outcome: { S: row.outcome },
    source: { S: row.source },
    eventId: { S: row.eventId },
    ...(row.requestId && { requestId: { S: row.requestId } }),
  }
}
