import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb'

/** Those of an hour, the one that has begun, and one for clocks that differ and requests on their way. */
const MINUTES_KEPT = 62

const number = (value: number) => ({ N: String(value) })

/**
 * The request that begins a row, or goes on to another minute and drops those that are gone by then; unless the row has changed
 * since it was read. `found` is the row as it was read.
 */
export function toNextMinute(
  row: { table: string; id: string },
  found: Record<string, AttributeValue> | undefined,
  minute: number,
): PutItemCommand {
  const kept = Object.entries(found?.minutes?.M ?? {}).filter(([at]) => Number(at) > minute - MINUTES_KEPT)
  const total = kept.reduce((sum, [, { N }]) => sum + Number(N), 0)
  const next = { head: number(minute), total: number(total), minutes: { M: Object.fromEntries(kept) } }
  const { head, total: totalFound } = found ?? {}
  return new PutItemCommand({
    TableName: row.table,
    Item: { id: { S: row.id }, ...next },
    ...(head && totalFound
      ? {
          ConditionExpression: '#head = :head AND #total = :total',
          ExpressionAttributeNames: { '#head': 'head', '#total': 'total' },
          ExpressionAttributeValues: { ':head': head, ':total': totalFound },
        }
      : { ConditionExpression: 'attribute_not_exists(id)' }),
  })
}
