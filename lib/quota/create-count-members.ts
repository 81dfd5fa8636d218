import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { AddToHour } from './create-add-to-hour.ts'

/** As long as SQS can keep a message. */
const KEPT_SECONDS = 14 * 24 * 60 * 60

/** The SQS message that an event came in: its id, which no producer chooses, and how often it was received. */
export type CountedMessage = { id: string; receives: number }

/** What a name may have added in any 60 minutes. */
export type Quota = { name: string; mostPerHour: number }

export type CountMembers = (message: CountedMessage, quota: Quota, members: number) => Promise<boolean>

/**
 * Returns what counts the members of a message, and resolves to whether the quota has room for them. A message that was counted is
 * remembered, and has room when it is delivered again; when the process dies before it is remembered, it is counted again.
 * Rejects when DynamoDB can't be asked: then nothing may be forwarded.
 */
export function createCountMembers(deps: {
  dynamoDB: DynamoDBClient
  table: string
  now: () => number
  addToHour: AddToHour
}): CountMembers {
  const { dynamoDB, table: TableName, now, addToHour } = deps
  return async ({ id, receives }, { name, mostPerHour }, members) => {
    const Key = { id: { S: `message ${id}` } }
    if (receives > 1) {
      const { Item } = await dynamoDB.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
      if (Item) return true
    }
    if (!(await addToHour(name, members, mostPerHour))) return false
    const expiresAt = { N: String(Math.floor(now() / 1000) + KEPT_SECONDS) }
    await dynamoDB.send(new PutItemCommand({ TableName, Item: { ...Key, expiresAt } }))
    return true
  }
}
