import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { isWritten } from '../flow/aws-client.ts'

/** How long SQS can keep a message. */
const KEPT_SECONDS = 14 * 24 * 60 * 60

type QuotaEnvironment = {
  dynamoDB: DynamoDBClient
  table: string
  now: () => number
  sleep: (ms: number) => Promise<void>
  random: () => number
}

/** The SQS message that an event came in: its id, which no producer chooses, and its receive count. */
type CountedMessage = { id: string; receives: number }

/** How many members may be added in any 60 minutes. `name`: of its row in the table, in which messages have rows, too. */
export type Quota = { name: string; maxPerHour: number }

/** `consumeQuota` with its environment: an effect of fan-out. */
export type ConsumeQuota = (
  message: CountedMessage,
  quotas: readonly Quota[],
  members: number,
) => Promise<Quota | undefined>

/**
 * Counts the members of a message in each quota. Resolves to the first that has no room for them; they are counted in none then. A message
 * that was counted is remembered and has room when it is delivered again. When the process dies before it is remembered, it is counted again.
 * Rejects when DynamoDB can't be asked: then nothing may be forwarded.
 */
export async function consumeQuota(
  environment: QuotaEnvironment,
  { id, receives }: CountedMessage,
  quotas: readonly Quota[],
  members: number,
): Promise<Quota | undefined> {
  const { dynamoDB, table: TableName, now } = environment
  const Key = { id: { S: `message ${id}` } }
  if (receives > 1) {
    const { Item } = await dynamoDB.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
    if (Item) return undefined
  }
  const full = await addToAll(environment, quotas, members, `${id} ${receives}`)
  if (full) return full
  const expiresAt = { N: String(Math.floor(now() / 1000) + KEPT_SECONDS) }
  await dynamoDB.send(new PutItemCommand({ TableName, Item: { ...Key, expiresAt } }))
  return undefined
}

/**
 * Adds members to all quotas or, as far as it can, to none: what was added before one has no room is given back, unless that fails or the
 * minute has passed. Then too much is counted, never too little. Resolves to the quota without room. `delivery`: of the message.
 */
async function addToAll(
  environment: QuotaEnvironment,
  quotas: readonly Quota[],
  members: number,
  delivery: string,
): Promise<Quota | undefined> {
  const { dynamoDB, table } = environment
  const added: UpdateItemCommand[] = []
  for (const quota of quotas) {
    const minute = await addToHour(environment, quota, members)
    if (minute === undefined) {
      await Promise.allSettled(added.map((giveBack) => dynamoDB.send(giveBack)))
      return quota
    }
    added.push(toGivingBack({ table, id: quota.name }, minute, { members, delivery }))
  }
  return undefined
}

const TRIES = 8
const MINUTE_MS = 60_000

/**
 * Adds members to the count of a quota. Resolves to the minute in which they count, or to undefined if they don't fit: no 60 minutes hold
 * more than `maxPerHour`, however many environments add at once. What does not fit adds nothing. Rejects when DynamoDB can't be asked, or when others change the row
 * eight times in a row.
 */
export async function addToHour(
  { dynamoDB, table, now, sleep, random }: QuotaEnvironment,
  { name, maxPerHour }: Quota,
  members: number,
): Promise<number | undefined> {
  const row = { table, id: name }
  const read = new GetItemCommand({ TableName: table, Key: { id: { S: row.id } }, ConsistentRead: true })
  let head = 0
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await sleep(5 * 2 ** attempt * random())
    const minute = Math.max(head, Math.floor(now() / MINUTE_MS))
    if (await isWritten(dynamoDB.send(toAddition(row, minute, { members, maxPerHour })))) return minute
    const { Item: found } = await dynamoDB.send(read)
    head = Number(found?.head?.N ?? 0)
    if (head < minute) await isWritten(dynamoDB.send(toNextMinute(row, found, minute)))
    else if (Number(found?.total?.N) + members > maxPerHour) return undefined
  }
  throw new Error(`others changed the hourly count ${TRIES} times in a row`)
}

const number = (value: number) => ({ N: String(value) })

/** The request that adds members to a minute of a row, if it is the latest minute and all minutes together have room for them. */
function toAddition(
  row: { table: string; id: string },
  minute: number,
  { members, maxPerHour }: { members: number; maxPerHour: number },
): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName: row.table,
    Key: { id: { S: row.id } },
    ConditionExpression: '#head = :minute AND #total <= :room',
    UpdateExpression:
      'SET #total = #total + :members, #minutes.#minute = if_not_exists(#minutes.#minute, :none) + :members',
    ExpressionAttributeNames: {
      ...{ '#head': 'head', '#total': 'total', '#minutes': 'minutes' },
      '#minute': String(minute),
    },
    ExpressionAttributeValues: {
      ...{ ':minute': number(minute), ':room': number(maxPerHour - members) },
      ...{ ':members': number(members), ':none': number(0) },
    },
  })
}

/**
 * The request that takes members back out of the latest minute of a row. While that minute is the latest, head and total together say all
 * that the row holds, so nobody can move it on as it was before. Each delivery gives back once, though the answer may get lost.
 */
function toGivingBack(
  row: { table: string; id: string },
  minute: number,
  { members, delivery }: { members: number; delivery: string },
): UpdateItemCommand {
  return new UpdateItemCommand({
    TableName: row.table,
    Key: { id: { S: row.id } },
    ConditionExpression: '#head = :minute AND NOT contains(#givers, :giver)',
    UpdateExpression:
      'SET #total = #total - :members, #minutes.#minute = #minutes.#minute - :members ADD #givers :one',
    ExpressionAttributeNames: {
      ...{ '#head': 'head', '#total': 'total', '#minutes': 'minutes', '#givers': 'givers' },
      '#minute': String(minute),
    },
    ExpressionAttributeValues: {
      ...{ ':minute': number(minute), ':members': number(members) },
      ...{ ':giver': { S: delivery }, ':one': { SS: [delivery] } },
    },
  })
}

/** An hour, the minute that has begun, and one for clocks that differ and requests under way. */
const MINUTES_KEPT = 62

/**
 * The request that starts a row, or moves it to another minute and drops the minutes that are over an hour old; unless the row
 * has changed since it was read. `found` is the row as it was read.
 */
function toNextMinute(
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
