import { createRequire } from 'node:module'
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Step } from '../scenario/arbitrary.ts'
import type { Environment } from './environment.ts'
import type { Answering, Dice, Timeline, World } from './world.ts'

type Item = Record<string, AttributeValue>
export type Ledger = ReturnType<typeof createLedger>

const STALE_MS = 1000

/** The table. A read that is not consistent may miss what was written within the last second. */
export function createLedger(timeline: Timeline, dice: Dice) {
  const items = new Map<string, { item: Item; writtenAt: number; before: Item | undefined }>()
  const keyOf = (key: Item) => `${key.person?.S} ${key.kind?.S}`

  return {
    get(key: Item, consistent: boolean): Item | undefined {
      const found = items.get(keyOf(key))
      if (!found) return undefined
      const isStale =
        !consistent && timeline.now() - found.writtenAt < STALE_MS && dice.roll('stale read') < 0.8
      return isStale ? found.before : found.item
    },
    put(item: Item): void {
      const before = items.get(keyOf(item))?.item
      items.set(keyOf(item), { item, writtenAt: timeline.now(), before })
    },
    all: () => [...items.values()].map(({ item }) => item),
  }
}

const MAX_KEYS = 100
const MAX_ROWS = 25

/** DynamoDB as one execution environment sees it. */
export function createLedgerClient(world: World, environment: Environment) {
  const { ledger, people, note } = world

  function batchGet({ input }: BatchGetItemCommand, { invocation, fault }: Answering) {
    const [[table = '', { Keys = [], ConsistentRead = false } = {}] = []] = Object.entries(
      input.RequestItems ?? {},
    )
    demandWithin(Keys.map(keyOf), MAX_KEYS)
    const served = fault === 'partial' ? Keys.slice(0, Math.floor(Keys.length / 2)) : Keys
    const found = served.map((key) => ledger.get(key as Item, ConsistentRead))
    const really = served.map((key) => ledger.get(key as Item, true))
    note({
      what: 'page read',
      invocation,
      resets: served.map((key, index) => [
        people.keyed(key.person?.S ?? ''),
        numberOf(really[index]?.resetAt),
      ]),
    })
    const left = Keys.slice(served.length)
    return {
      Responses: { [table]: found.filter((item) => item !== undefined) },
      UnprocessedKeys: left.length > 0 ? { [table]: { ConsistentRead, Keys: left } } : {},
    }
  }

  function batchWrite({ input }: BatchWriteItemCommand, { invocation, fault }: Answering) {
    const [[table = '', requests = []] = []] = Object.entries(input.RequestItems ?? {})
    demandWithin(
      requests.map(({ PutRequest }) => keyOf(PutRequest?.Item)),
      MAX_ROWS,
    )
    const served = fault === 'partial' ? requests.slice(0, Math.floor(requests.length / 2)) : requests
    for (const { PutRequest } of served) store(PutRequest?.Item ?? {}, invocation)
    const left = requests.slice(served.length)
    return { UnprocessedItems: left.length > 0 ? { [table]: left } : {} }
  }

  function store(item: Item, invocation: string): void {
    ledger.put(item)
    note({
      what: 'row stored',
      invocation,
      person: people.keyed(item.person?.S ?? ''),
      kind: item.kind?.S ?? '',
      resetAt: numberOf(item.resetAt) ?? Number.NaN,
      outcome: item.outcome?.S ?? '',
    })
    note({ what: 'said', text: JSON.stringify(item) })
  }

  function putOnce({ input }: PutItemCommand) {
    if (ledger.get(input.Item as Item, true)) return { exists: true }
    ledger.put(input.Item as Item)
    return { exists: false }
  }

  return async (command: unknown): Promise<unknown> => {
    if (command instanceof BatchGetItemCommand)
      return environment.perform('read page', (answering) => batchGet(command, answering))
    if (command instanceof BatchWriteItemCommand) {
      const rows = Object.values(command.input.RequestItems ?? {}).flat()
      const isReset = rows.some(({ PutRequest }) => PutRequest?.Item?.kind?.S === 'reset')
      const step = isReset ? 'write reset row' : 'write uncertain row'
      return environment.perform(step, (answering) => batchWrite(command, answering))
    }
    if (command instanceof GetItemCommand)
      return environment.perform('check sentinel', () => ({
        Item: ledger.get(command.input.Key as Item, true),
      }))
    if (command instanceof PutItemCommand) {
      const { exists } = await environment.perform('check sentinel', () => putOnce(command))
      if (exists) throw new ConditionalCheckFailedException({ message: 'exists', $metadata: {} })
      return {}
    }
    throw new Error('DynamoDB is asked for nothing else')
  }
}

function keyOf(key: Item = {}): string {
  return `${key.person?.S} ${key.kind?.S}`
}

/** What DynamoDB refuses: too many in one request, or two with one key. */
function demandWithin(keys: readonly string[], most: number): void {
  if (keys.length > most || new Set(keys).size < keys.length)
    throw new Error(`DynamoDB refuses ${keys.length} entries, ${new Set(keys).size} of them distinct`)
}

function numberOf(value: Item[string] | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N)
}

const require = createRequire(import.meta.url)
const TABLE = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
}

type QuotaItem = Record<string, AttributeValue>
type Done = (error: unknown, value?: object) => void
type Answer = { Item?: QuotaItem; isRefused?: boolean }

export type Quota = ReturnType<typeof createQuota>

/**
 * The quota table. Dynalite's own actions work on it, so that conditions and updates mean what they mean there; but on a map
 * instead of its database, so that no time passes.
 */
export function createQuota() {
  const items = new Map<string, QuotaItem>()
  const database = {
    lock: (_key: string, locked: (release: (done: Done) => Done) => void) => locked((done) => done),
    get: (key: string, done: Done) => {
      const item = items.get(key)
      done(item ? null : { name: 'NotFoundError' }, item)
    },
    put: (key: string, item: QuotaItem, done: Done) => {
      items.set(key, item)
      done(null)
    },
  }
  const store = {
    options: { maxItemSize: 409_600 },
    getTable: (_name: string, done: Done) => done(null, TABLE),
    getItemDb: () => database,
  }

  /** Answers a request; `isRefused` when its condition does not hold. Throws when DynamoDB would never take it. */
  return function answer(action: 'getItem' | 'putItem' | 'updateItem', input: object): Answer {
    const request = structuredClone(input)
    const mistake: string | undefined = require(`dynalite/validations/${action}`).custom(request, store)
    if (mistake) throw new Error(mistake)
    let answered: Answer | undefined
    require(`dynalite/actions/${action}`)(
      store,
      request,
      (error: Error & { body?: object }, value: Answer) => {
        if (!error) answered = value
        else if (JSON.stringify(error.body).includes('ConditionalCheckFailed')) answered = { isRefused: true }
        else throw error
      },
    )
    if (!answered) throw new Error('dynalite did not answer at once')
    return answered
  }
}

type Action = Parameters<World['quota']>[0]

/** The quota table as one execution environment sees it. */
export function createQuotaClient({ quota, note }: World, environment: Environment) {
  const totalOf = (id: string) =>
    Number(quota('getItem', { TableName: 'quota', Key: { id: { S: id } } }).Item?.total?.N ?? 0)

  function serve(action: Action, input: object, id: string, { invocation }: Answering) {
    const [kind, name = ''] = id.split(' ')
    const before = totalOf(id)
    const answer = quota(action, input)
    note({ what: 'said', text: JSON.stringify(input) })
    if (answer.isRefused) return answer
    if (action === 'updateItem') note({ what: 'counted', invocation, name, members: totalOf(id) - before })
    if (action === 'putItem' && kind === 'message') note({ what: 'remembered', invocation, message: name })
    return answer
  }

  async function perform(step: Step, action: Action, input: object, id = ''): Promise<unknown> {
    const answer = await environment.perform(step, (answering) => serve(action, input, id, answering))
    if (answer.isRefused) throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} })
    return answer
  }

  return async (command: unknown): Promise<unknown> => {
    if (command instanceof UpdateItemCommand)
      return perform('count members', 'updateItem', command.input, command.input.Key?.id?.S)
    if (command instanceof GetItemCommand)
      return perform('read quota', 'getItem', command.input, command.input.Key?.id?.S)
    if (command instanceof PutItemCommand)
      return perform('write quota', 'putItem', command.input, command.input.Item?.id?.S)
    throw new Error('DynamoDB is asked for nothing else')
  }
}
