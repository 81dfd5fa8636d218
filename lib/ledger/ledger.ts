import { createHmac } from 'node:crypto'
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import DataLoader from 'dataloader'
import { normalizeEmail } from '../contract/person.ts'

/**
 * A reset to write into its person's row. It holds no personal data: the person is an HMAC. The person's password was killed, or
 * known to be absent, at `at` (ms since the epoch, start of the call): that covers the person.
 */
export type ResetRow = {
  person: string
  at: number
  outcome: 'reset' | 'no_password'
  source: string
  eventId: string
  requestId?: string | undefined
}

/**
 * A call that may have reset the person without saying so. It covers nobody. `uncertain`: was not answered and is repeated.
 * `unusable`: was answered, but not usably; it is not repeated for any event that was sent before.
 */
export type UncertainCall = Omit<ResetRow, 'outcome'> & { kind: 'uncertain' | 'unusable'; code: string }

/** An uncertain call as a row has it. */
export type NotedCall = { at: number; code: string; requestId?: string | undefined }

/** What a person's row says. `resetAt`: when they were last reset. The others: the latest such call. Times in ms since the epoch. */
export type PersonRow = {
  resetAt?: number | undefined
  uncertain?: NotedCall | undefined
  unusable?: NotedCall | undefined
}

/** The pseudonym of a person in ledger and logs: HMAC-SHA256 of project id and e-mail under the ledger key, in hex. */
export function personKey(ledgerKey: string, projectId: string, emailAddress: string): string {
  return createHmac('sha256', ledgerKey)
    .update(`${projectId}\n${normalizeEmail(emailAddress)}`)
    .digest('hex')
}

const MAX_AT_ONCE = 100

export type ReadRow = (person: string) => Promise<PersonRow | 'unreadable'>

/**
 * Returns a reader of one person's row. People asked for at the same moment, also for several records of a batch, are read together,
 * a hundred at a time: DynamoDB reads no more in one request. Nothing is remembered. `onError` is called once for each request that failed.
 */
export function createReadRow(readRows: ReadRows, onError: (error: unknown) => void): ReadRow {
  const readTogether = async (people: readonly string[]): Promise<(PersonRow | 'unreadable')[]> => {
    try {
      const known = await readRows(people)
      return people.map((person) => known.get(person) ?? {})
    } catch (error) {
      onError(error)
      return people.map(() => 'unreadable')
    }
  }
  const loader = new DataLoader(readTogether, { cache: false, maxBatchSize: MAX_AT_ONCE })
  return (person) => loader.load(person)
}

const TRIES = 5

/** What reading and writing the ledger needs: a client, the table's name, and how to wait. */
export type LedgerEnvironment = {
  dynamoDB: DynamoDBClient
  table: string
  sleep: (ms: number) => Promise<void>
  random: () => number
}

export type ReadRows = (people: readonly string[]) => Promise<Map<string, PersonRow>>

/**
 * Reads the rows of at most 100 people, consistently. People without a row are absent.
 * Throws when DynamoDB leaves keys unprocessed after five tries: half an answer must not pass for "never reset".
 */
export async function readRows(
  { dynamoDB, table, sleep, random }: LedgerEnvironment,
  people: readonly string[],
): Promise<Map<string, PersonRow>> {
  const known = new Map<string, PersonRow>()
  let request: BatchGetItemCommandInput['RequestItems'] = {
    [table]: {
      ConsistentRead: true,
      ProjectionExpression: 'person, resetAt, uncertain, unusable',
      Keys: [...new Set(people)].map(keyOf),
    },
  }
  for (let attempt = 1; ; attempt++) {
    const answer: BatchGetItemCommandOutput = await dynamoDB.send(
      new BatchGetItemCommand({ RequestItems: request }),
    )
    for (const item of answer.Responses?.[table] ?? []) known.set(item.person?.S ?? '', fromItem(item))
    if (!answer.UnprocessedKeys?.[table]) return known
    if (attempt === TRIES) throw new Error('DynamoDB left ledger keys unread')
    request = answer.UnprocessedKeys
    await sleep(50 * 2 ** attempt * random())
  }
}

function fromItem({ resetAt, uncertain, unusable }: Record<string, AttributeValue>): PersonRow {
  return {
    resetAt: resetAt?.N === undefined ? undefined : Number(resetAt.N),
    uncertain: toNotedCall(uncertain?.M),
    unusable: toNotedCall(unusable?.M),
  }
}

function toNotedCall(call: Record<string, AttributeValue> = {}): NotedCall | undefined {
  const { calledAt, code, requestId } = call
  return code?.S ? { at: Number(calledAt?.N), code: code.S, requestId: requestId?.S } : undefined
}

export type WriteResets = (rows: readonly ResetRow[]) => Promise<void>

/**
 * Writes the rows of at most 25 people, each in place of the one they had. Throws when DynamoDB leaves some unprocessed after five
 * tries.
 */
export async function writeResets(
  { dynamoDB, table, sleep, random }: LedgerEnvironment,
  rows: readonly ResetRow[],
): Promise<void> {
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

function toItem({ person, at, ...texts }: ResetRow): Record<string, AttributeValue> {
  return { ...keyOf(person), resetAt: { N: String(at) }, ...toTexts(texts) }
}

/** Notes a call in its person's row, next to what the row says about their last reset. */
export async function writeUncertain(
  { dynamoDB, table }: Pick<LedgerEnvironment, 'dynamoDB' | 'table'>,
  { person, at, kind, ...texts }: UncertainCall,
): Promise<void> {
  const call = { calledAt: { N: String(at) }, ...toTexts(texts) }
  await dynamoDB.send(
    new UpdateItemCommand({
      TableName: table,
      Key: keyOf(person),
      UpdateExpression: `SET ${kind} = :call`,
      ExpressionAttributeValues: { ':call': { M: call } },
    }),
  )
}

function toTexts(texts: Record<string, string | undefined>): Record<string, AttributeValue> {
  const item: Record<string, AttributeValue> = {}
  for (const [name, text] of Object.entries(texts)) if (text) item[name] = { S: text }
  return item
}

function keyOf(person: string) {
  return { person: { S: person }, kind: { S: 'reset' } }
}
