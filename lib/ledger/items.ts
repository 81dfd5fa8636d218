import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import DataLoader from 'dataloader'

/** What reading and writing the ledger needs: a client, the table's name, and how to wait. */
export type LedgerEnvironment = {
  dynamoDB: DynamoDBClient
  table: string
  sleep: (ms: number) => Promise<void>
  random: () => number
}

/** A row of the ledger as DynamoDB has it. */
export type Item = Record<string, AttributeValue>

/** What a row is about: a person's password, or their sessions. Each person has at most one row of each kind. */
export type Kind = 'reset' | 'sessions'

/** The key of a person's row. */
export function keyOf(person: string, kind: Kind) {
  return { person: { S: person }, kind: { S: kind } }
}

const TRIES = 5

/**
 * Reads `attributes` of the rows of at most 100 people, consistently, by person. People without a row are absent.
 * Throws when DynamoDB leaves keys unprocessed after five tries: half an answer must not pass for "never reset".
 */
export async function readItems(
  { dynamoDB, table, sleep, random }: LedgerEnvironment,
  people: readonly string[],
  { kind, attributes }: { kind: Kind; attributes: readonly string[] },
): Promise<Map<string, Item>> {
  const known = new Map<string, Item>()
  const names = ['person', ...attributes]
  let request: BatchGetItemCommandInput['RequestItems'] = {
    [table]: {
      ConsistentRead: true,
      // Some of the names are reserved words of DynamoDB.
      ProjectionExpression: names.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      Keys: [...new Set(people)].map((person) => keyOf(person, kind)),
    },
  }
  for (let attempt = 1; ; attempt++) {
    const answer: BatchGetItemCommandOutput = await dynamoDB.send(
      new BatchGetItemCommand({ RequestItems: request }),
    )
    for (const item of answer.Responses?.[table] ?? []) known.set(item.person?.S ?? '', item)
    if (!answer.UnprocessedKeys?.[table]) return known
    if (attempt === TRIES) throw new Error('DynamoDB left ledger keys unread')
    request = answer.UnprocessedKeys
    await sleep(50 * 2 ** attempt * random())
  }
}

/**
 * Writes at most 25 rows, each in place of the one its person had. Throws when DynamoDB leaves some unprocessed after five
 * tries.
 */
export async function writeItems(
  { dynamoDB, table, sleep, random }: LedgerEnvironment,
  items: readonly Item[],
): Promise<void> {
  let requests = items.map((Item) => ({ PutRequest: { Item } }))
  for (let attempt = 1; ; attempt++) {
    const answer = await dynamoDB.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }))
    const unprocessed = answer.UnprocessedItems?.[table] ?? []
    if (unprocessed.length === 0) return
    if (attempt === TRIES) throw new Error('DynamoDB left ledger rows unwritten')
    requests = unprocessed as typeof requests
    await sleep(50 * 2 ** attempt * random())
  }
}

/** DynamoDB reads no more rows in one request. */
export const MAX_READ_AT_ONCE = 100

/**
 * Returns a reader of one person's row. People asked for at the same moment, also for several records of a batch, are read together,
 * MAX_READ_AT_ONCE at a time. Nothing is remembered. `onError` is called once for each request that failed.
 * `none`: what a person without a row has.
 */
export function createRowReader<Row>(
  readRows: (people: readonly string[]) => Promise<ReadonlyMap<string, Row>>,
  none: Row,
  onError: (error: unknown) => void,
): (person: string) => Promise<Row | 'unreadable'> {
  const readTogether = async (people: readonly string[]): Promise<(Row | 'unreadable')[]> => {
    try {
      const known = await readRows(people)
      return people.map((person) => known.get(person) ?? none)
    } catch (error) {
      onError(error)
      return people.map(() => 'unreadable')
    }
  }
  const loader = new DataLoader(readTogether, { cache: false, maxBatchSize: MAX_READ_AT_ONCE })
  return (person) => loader.load(person)
}

/** Texts as attributes. Empty ones are left out. */
export function toTexts(texts: Record<string, string | undefined>): Item {
  const item: Item = {}
  for (const [name, text] of Object.entries(texts)) if (text) item[name] = { S: text }
  return item
}

export function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N)
}
