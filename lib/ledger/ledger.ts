import { createHmac } from 'node:crypto'
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import DataLoader from 'dataloader'
import { normalizeEmail } from '../contract/person.ts'
import { isWritten } from '../flow/aws-client.ts'

/**
 * A row of the reset ledger. It holds no personal data: the person is an HMAC.
 * `reset` covers: that person's password was killed, or known to be absent, at `at` (ms since the epoch, start of the call).
 * `uncertain` does not cover: a call was made and not answered, or not usably; it is for the operator and for counting.
 * The two live side by side, so that an uncertain call never hides an earlier reset.
 */
export type LedgerRow = {
  person: string
  kind: 'reset' | 'uncertain'
  at: number
  outcome: string
  source: string
  eventId: string
  requestId?: string | undefined
}

/** The pseudonym of a person in ledger and logs: HMAC-SHA256 of project id and e-mail under the ledger key, in hex. */
export function personKey(ledgerKey: string, projectId: string, emailAddress: string): string {
  return createHmac('sha256', ledgerKey)
    .update(`${projectId}\n${normalizeEmail(emailAddress)}`)
    .digest('hex')
}

const MAX_AT_ONCE = 100

export type ReadReset = (person: string) => Promise<number | undefined>

/**
 * Returns a reader of when one person was last reset (ms since the epoch; undefined: never). People asked for at the same moment,
 * also for several records of a batch, are read together, a hundred at a time: DynamoDB reads no more in one request. Nothing is
 * remembered. Rejects when the ledger can't be read.
 */
export function createReadReset(readResets: ReadResets): ReadReset {
  const readTogether = async (people: readonly string[]) => {
    const resets = await readResets(people)
    return people.map((person) => resets.get(person))
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

export type ReadResets = (people: readonly string[]) => Promise<Map<string, number>>

/**
 * Reads when each of at most 100 people was last reset (ms since the epoch; absent: never), consistently.
 * Throws when DynamoDB leaves keys unprocessed after five tries: half an answer must not pass for "never reset".
 */
export async function readResets(
  { dynamoDB, table, sleep, random }: LedgerEnvironment,
  people: readonly string[],
): Promise<Map<string, number>> {
  const resets = new Map<string, number>()
  const keys = [...new Set(people)].map((person) => ({ person: { S: person }, kind: { S: 'reset' } }))
  let request: BatchGetItemCommandInput['RequestItems'] = {
    [table]: { ConsistentRead: true, ProjectionExpression: 'person, resetAt', Keys: keys },
  }
  for (let attempt = 1; ; attempt++) {
    const answer: BatchGetItemCommandOutput = await dynamoDB.send(
      new BatchGetItemCommand({ RequestItems: request }),
    )
    for (const { person, resetAt } of answer.Responses?.[table] ?? []) {
      if (person?.S && resetAt?.N) resets.set(person.S, Number(resetAt.N))
    }
    if (!answer.UnprocessedKeys?.[table]) return resets
    if (attempt === TRIES) throw new Error('DynamoDB left ledger keys unread')
    request = answer.UnprocessedKeys
    await sleep(50 * 2 ** attempt * random())
  }
}

export type WriteRows = (rows: readonly LedgerRow[]) => Promise<void>

/** Writes at most 25 rows, no two with the same person and kind. Throws when DynamoDB leaves some unprocessed after five tries. */
export async function writeRows(
  { dynamoDB, table, sleep, random }: LedgerEnvironment,
  rows: readonly LedgerRow[],
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

const KEY = { person: { S: 'sentinel' }, kind: { S: 'sentinel' } }

/**
 * Compares the ledger key with the one this ledger was started with. With another key nobody would be found covered,
 * and everybody would be reset again. When the ledger has no sentinel row yet, `begin` says whether to write one.
 */
export async function checkSentinel(
  { dynamoDB, table, begin }: { dynamoDB: DynamoDBClient; table: string; begin: boolean },
  ledgerKey: string,
): Promise<'same key' | 'other key'> {
  const proof = createHmac('sha256', ledgerKey).update('breach-reset ledger sentinel').digest('hex')
  const read = async () => {
    const command = new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true })
    return (await dynamoDB.send(command)).Item?.proof?.S
  }
  const write = async () => {
    const command = new PutItemCommand({
      TableName: table,
      Item: { ...KEY, proof: { S: proof } },
      ConditionExpression: 'attribute_not_exists(person)',
    })
    return (await isWritten(dynamoDB.send(command))) ? proof : read()
  }
  const stored = (await read()) ?? (begin ? await write() : proof)
  return stored === proof ? 'same key' : 'other key'
}
