import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { isWritten } from '../flow/is-written.ts'
import { toAddition } from './to-addition.ts'
import { toNextMinute } from './to-next-minute.ts'

const TRIES = 8
const MINUTE_MS = 60_000

export type AddToHour = (name: string, members: number, mostPerHour: number) => Promise<boolean>

/**
 * Returns what adds members to the count of a name, and resolves to whether they fit: in no 60 minutes are more than
 * `mostPerHour` added, by whatever environments at once. What does not fit adds nothing. Rejects when DynamoDB can't be asked,
 * or others change the row eight times in a row.
 */
export function createAddToHour(deps: {
  dynamoDB: DynamoDBClient
  table: string
  now: () => number
  sleep: (ms: number) => Promise<void>
  random: () => number
}): AddToHour {
  const { dynamoDB, table, now, sleep, random } = deps
  return async (name, members, mostPerHour) => {
    const row = { table, id: `source ${name}` }
    const read = new GetItemCommand({ TableName: table, Key: { id: { S: row.id } }, ConsistentRead: true })
    let head = 0
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) await sleep(5 * 2 ** attempt * random())
      const minute = Math.max(head, Math.floor(now() / MINUTE_MS))
      if (await isWritten(dynamoDB.send(toAddition(row, minute, { members, mostPerHour })))) return true
      const { Item: found } = await dynamoDB.send(read)
      head = Number(found?.head?.N ?? 0)
      if (head < minute) await isWritten(dynamoDB.send(toNextMinute(row, found, minute)))
      else if (Number(found?.total?.N) + members > mostPerHour) return false
    }
    throw new Error(`others changed the hourly count ${TRIES} times in a row`)
  }
}
