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
 * Counts the members of a message in each quota. Resolves to the first that has no room for them. They are counted in none then, unless
 * another message took the room between the look and the count: then too much is counted, never too little. A message that was counted is
 * remembered and has room when it is delivered again. When the process dies before it is remembered, it is counted again.
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
  if (receives > 1 && (await readRow(environment, Key.id.S))) return undefined
  for (const quota of quotas) if (!(await hasRoom(environment, quota, members))) return quota
  for (const quota of quotas) if (!(await addToHour(environment, quota, members))) return quota
  const expiresAt = { N: String(Math.floor(now() / 1000) + KEPT_SECONDS) }
  await dynamoDB.send(new PutItemCommand({ TableName, Item: { ...Key, expiresAt } }))
  return undefined
}

type Row = Record<string, AttributeValue>

async function readRow({ dynamoDB, table }: QuotaEnvironment, id: string): Promise<Row | undefined> {
  const command = new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true })
  return (await dynamoDB.send(command)).Item
}

/** Whether a quota has room now. It writes nothing, so refusals cost little and use up nothing. */
async function hasRoom(
  environment: QuotaEnvironment,
  { name, maxPerHour }: Quota,
  members: number,
): Promise<boolean> {
  const found = await readRow(environment, name)
  const minute = Math.max(Number(found?.head?.N ?? 0), Math.floor(environment.now() / MINUTE_MS))
  return keptAt(minute, found).total + members <= maxPerHour
}

const TRIES = 8
const MINUTE_MS = 60_000

/**
 * Adds members to the count of a quota. Resolves to whether they fit: no 60 minutes hold more than `maxPerHour`, however many
 * environments add at once. What does not fit adds nothing. Rejects when DynamoDB can't be asked, or when others change the row
 * eight times in a row.
 */
export async function addToHour(
  environment: QuotaEnvironment,
  { name, maxPerHour }: Quota,
  members: number,
): Promise<boolean> {
  const { dynamoDB, table, now, sleep, random } = environment
  const row = { table, id: name }
  let head = 0
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await sleep(5 * 2 ** attempt * random())
    const minute = Math.max(head, Math.floor(now() / MINUTE_MS))
    if (await isWritten(dynamoDB.send(toAddition(row, minute, { members, maxPerHour })))) return true
    const found = await readRow(environment, name)
    head = Number(found?.head?.N ?? 0)
    if (head < minute) await isWritten(dynamoDB.send(toNextMinute(row, found, minute)))
    else if (Number(found?.total?.N) + members > maxPerHour) return false
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

/** An hour, the minute that has begun, and one for clocks that differ and requests under way. */
const MINUTES_KEPT = 62

/** What a row holds of the hour before a minute. */
function keptAt(minute: number, found: Row | undefined) {
  const minutes = Object.entries(found?.minutes?.M ?? {}).filter(([at]) => Number(at) > minute - MINUTES_KEPT)
  return { minutes, total: minutes.reduce((sum, [, { N }]) => sum + Number(N), 0) }
}

/**
 * The request that starts a row, or moves it to another minute and drops the minutes that are over an hour old; unless the row
 * has changed since it was read. `found` is the row as it was read.
 */
function toNextMinute(
  row: { table: string; id: string },
  found: Row | undefined,
  minute: number,
): PutItemCommand {
  const { minutes, total } = keptAt(minute, found)
  const next = { head: number(minute), total: number(total), minutes: { M: Object.fromEntries(minutes) } }
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
