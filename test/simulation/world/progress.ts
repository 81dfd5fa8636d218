import { type AttributeValue, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { type Environment, type Serving, SHORT } from './environment.ts'
import type { Note } from './journal.ts'
import type { Random, Timeline } from './timeline.ts'

type Item = Record<string, AttributeValue>
export type ProgressTable = ReturnType<typeof createProgressTable>

const STALE_MS = 1000
const PAGE_SIZE = 4

/** Creates the table Progress. A query that is not consistent may miss what was written within the last second. */
export function createProgressTable({ timeline, random }: { timeline: Timeline; random: Random }) {
  const events = new Map<string, Map<string, { item: Item; writtenAt: number }>>()
  return {
    put(item: Item): void {
      const [event, fact] = [textOf(item, 'event'), textOf(item, 'fact')]
      const facts = events.get(event) ?? new Map()
      events.set(event, facts.set(fact, { item, writtenAt: timeline.now() }))
    },
    /** The items of an event whose sort keys begin with `prefix`, in their order. */
    query(event: string, prefix: string, consistent: boolean): Item[] {
      const isSeen = (writtenAt: number) =>
        consistent || timeline.now() - writtenAt >= STALE_MS || random.next('stale query') < 0.2
      return [...(events.get(event)?.values() ?? [])]
        .filter(({ item, writtenAt }) => textOf(item, 'fact').startsWith(prefix) && isSeen(writtenAt))
        .map(({ item }) => item)
        .sort((a, b) => (textOf(a, 'fact') < textOf(b, 'fact') ? -1 : 1))
    },
    all: () => [...events.values()].flatMap((facts) => [...facts.values()].map(({ item }) => item)),
  }
}

type Outside = { progress: ProgressTable; note: Note }

/** Creates DynamoDB, for the table Progress, as one execution environment sees it. */
export function createProgressClient({ progress, note }: Outside, environment: Environment) {
  return async (command: unknown): Promise<unknown> => {
    if (command instanceof PutItemCommand) {
      const { Item = {} } = command.input
      return asked(note, environment, 'put fact', ({ invocation }) => {
        assertItem(Item)
        progress.put(Item)
        note({ what: 'fact put', invocation, item: Item })
        return {}
      })
    }
    if (command instanceof QueryCommand)
      return asked(note, environment, 'read run', () => query(progress, command.input))
    throw new Error('the simulated Progress serves PutItem and Query only')
  }
}

/** A client that the paginator of the SDK takes for one of its own. */
export function asDynamoDB<Client extends object>(client: Client): DynamoDBClient {
  return Object.assign(Object.create(DynamoDBClient.prototype), client)
}

const OF_EVENT = 'event = :event'
const OF_RUN = 'event = :event AND begins_with(fact, :prefix)'

function query(progress: ProgressTable, input: QueryCommand['input']) {
  const { KeyConditionExpression, ExpressionAttributeValues: values = {}, ConsistentRead = false } = input
  if (KeyConditionExpression !== OF_EVENT && KeyConditionExpression !== OF_RUN)
    throw new Error(`the simulated Progress does not know the condition "${KeyConditionExpression}"`)
  const found = progress.query(textOf(values, ':event'), values[':prefix']?.S ?? '', ConsistentRead)
  const after = input.ExclusiveStartKey?.fact?.S ?? ''
  const left = found.filter((item) => textOf(item, 'fact') > after)
  const Items = left.slice(0, PAGE_SIZE)
  const { event, fact } = Items.at(-1) ?? {}
  return { Items, ...(left.length > PAGE_SIZE && event && fact && { LastEvaluatedKey: { event, fact } }) }
}

const MAX_ITEM_BYTES = 400 * 1024

/** Throws when DynamoDB would reject the item. */
function assertItem(item: Item): void {
  if (!item.event?.S || !item.fact?.S || JSON.stringify(item).length > MAX_ITEM_BYTES)
    throw new Error('DynamoDB rejects an item without a key, or above 400 KiB')
}

const MAX_ENTRIES = 10
const MAX_EVENT_BYTES = 256 * 1024

/** Creates EventBridge as one execution environment sees it. */
export function createBusClient({ note }: { note: Note }, environment: Environment) {
  return async (command: unknown): Promise<unknown> => {
    if (!(command instanceof PutEventsCommand)) throw new Error('the simulated bus serves PutEvents only')
    const { Entries = [] } = command.input
    return asked(note, environment, 'send outcome', ({ invocation, fault }) => {
      const bytes = Entries.reduce((sum, { Detail = '' }) => sum + Buffer.byteLength(Detail), 0)
      if (Entries.length === 0 || Entries.length > MAX_ENTRIES || bytes > MAX_EVENT_BYTES)
        throw new Error(`EventBridge rejects ${Entries.length} entries of ${bytes} bytes`)
      const taken = fault === 'partial' ? Entries.slice(0, Math.floor(Entries.length / 2)) : Entries
      for (const { Detail = '', DetailType = '', EventBusName = '' } of taken)
        note({ what: 'said', invocation, bus: EventBusName, type: DetailType, detail: Detail })
      return { FailedEntryCount: Entries.length - taken.length }
    })
  }
}

/** Makes a request about facts, which the journal shows from its beginning. */
function asked<Answer>(
  note: Note,
  environment: Environment,
  step: 'put fact' | 'read run' | 'send outcome',
  serve: (serving: Serving) => Answer,
): Promise<Answer> {
  if (environment.isAlive())
    note({ what: 'keeps facts', invocation: environment.invocation?.id ?? environment.name, step })
  return environment.perform(step, serve, SHORT)
}

function textOf(item: Item, name: string): string {
  return item[name]?.S ?? ''
}
