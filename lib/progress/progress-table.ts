import { type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { type EventKey, eventKey, type Fact, fromItem, toItem } from './fact.ts'

type Table = { dynamoDB: DynamoDBClient; table: string }

export type PutFact = (fact: Fact, settlement: string) => Promise<void>

/** Adds a fact to the table. */
export async function putFact({ dynamoDB, table }: Table, fact: Fact, settlement: string): Promise<void> {
  await dynamoDB.send(new PutItemCommand({ TableName: table, Item: toItem(fact, settlement) }))
}

export type ReadRun = (event: EventKey, run: string) => Promise<Fact[]>

/** Reads all facts of a run, consistently: of two writers that read afterwards, at least one sees both facts. */
export function readRun(environment: Table, event: EventKey | undefined, run: string): Promise<Fact[]> {
  return readFacts(environment, event, `${run} `)
}

/** Reads all facts of an event. */
export function readEvent(environment: Table, event: EventKey): Promise<Fact[]> {
  return readFacts(environment, event, '')
}

async function readFacts(
  { dynamoDB, table }: Table,
  event: EventKey | undefined,
  prefix: string,
): Promise<Fact[]> {
  const facts: Fact[] = []
  const pages = paginateQuery(
    { client: dynamoDB },
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: `event = :event${prefix && ' AND begins_with(fact, :prefix)'}`,
      ExpressionAttributeValues: {
        ':event': { S: eventKey(event) },
        ...(prefix && { ':prefix': { S: prefix } }),
      },
    },
  )
  for await (const { Items = [] } of pages) facts.push(...Items.flatMap((item) => fromItem(item) ?? []))
  return facts
}
