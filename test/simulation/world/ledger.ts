import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Step } from '../scenario/faults.ts'
import type { Engine, Environment, Serving } from './environment.ts'
import type { Note, People } from './journal.ts'

type Item = Record<string, AttributeValue>
export type Ledger = ReturnType<typeof createLedger>

const STALE_MS = 1000

/** Creates the ledger table. A read that is not consistent may miss what was written within the last second. */
export function createLedger({ timeline, random }: Engine) {
  const items = new Map<string, { item: Item; writtenAt: number; before: Item | undefined }>()

  return {
    get(key: Item, consistent: boolean): Item | undefined {
      const found = items.get(keyOf(key))
      if (!found) return undefined
      const isStale =
        !consistent && timeline.now() - found.writtenAt < STALE_MS && random.next('stale read') < 0.8
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

type Tables = { ledger: Ledger; people: People; note: Note }

type LedgerSteps = { read: Step; write: Step; sentinel: Step }

const LEDGER_STEPS: Record<'require-reset' | 'end-sessions', LedgerSteps> = {
  'require-reset': { read: 'read page', write: 'write reset row', sentinel: 'check sentinel' },
  'end-sessions': { read: 'read ended', write: 'write ended row', sentinel: 'check sentinel for sessions' },
}

/** Creates DynamoDB as one execution environment of a function sees it. */
export function createLedgerClient(world: Tables, environment: Environment, role: keyof typeof LEDGER_STEPS) {
  const { ledger } = world
  const steps = LEDGER_STEPS[role]
  return async (command: unknown): Promise<unknown> => {
    if (command instanceof BatchGetItemCommand)
      return environment.perform(steps.read, (serving) => batchGet(world, command, serving))
    if (command instanceof BatchWriteItemCommand)
      return environment.perform(steps.write, (serving) => batchWrite(world, command, serving))
    if (command instanceof UpdateItemCommand)
      return environment.perform('note uncertain call', (serving) => update(world, command, serving))
    if (command instanceof GetItemCommand)
      return environment.perform(steps.sentinel, () => ({
        Item: ledger.get(command.input.Key as Item, true),
      }))
    if (command instanceof PutItemCommand) {
      const { refused } = await environment.perform(steps.sentinel, () => putSentinel(ledger, command))
      if (refused) throw new ConditionalCheckFailedException({ message: 'bound', $metadata: {} })
      return {}
    }
    throw new Error('the simulated ledger does not serve this command')
  }
}

function batchGet(
  { ledger, people, note }: Tables,
  { input }: BatchGetItemCommand,
  { invocation, fault }: Serving,
) {
  const [[table = '', { Keys = [], ConsistentRead = false } = {}] = []] = Object.entries(
    input.RequestItems ?? {},
  )
  assertBatch(Keys.map(keyOf), MAX_KEYS)
  const served = fault === 'partial' ? Keys.slice(0, Math.floor(Keys.length / 2)) : Keys
  const found = served.map((key) => ledger.get(key, ConsistentRead))
  const held = (numberIn: (item: Item | undefined) => number | undefined) =>
    served.map((key) => [people.keyed(key.person?.S ?? ''), numberIn(ledger.get(key, true))] as const)
  const resets = held((item) => numberOf(item?.resetAt))
  if (Keys[0]?.kind?.S === 'sessions') note({ what: 'ended read', invocation, ended: resets })
  else
    note({
      ...{ what: 'page read', invocation, resets },
      unusable: held((item) => numberOf(item?.unusable?.M?.calledAt)),
    })
  const left = Keys.slice(served.length)
  return {
    Responses: { [table]: found.filter((item) => item !== undefined) },
    UnprocessedKeys: left.length > 0 ? { [table]: { ConsistentRead, Keys: left } } : {},
  }
}

function batchWrite(world: Tables, { input }: BatchWriteItemCommand, { invocation, fault }: Serving) {
  const [[table = '', requests = []] = []] = Object.entries(input.RequestItems ?? {})
  assertBatch(
    requests.map(({ PutRequest }) => keyOf(PutRequest?.Item)),
    MAX_ROWS,
  )
  const served = fault === 'partial' ? requests.slice(0, Math.floor(requests.length / 2)) : requests
  for (const { PutRequest } of served) store(world, PutRequest?.Item ?? {}, invocation)
  const left = requests.slice(served.length)
  return { UnprocessedItems: left.length > 0 ? { [table]: left } : {} }
}

function store({ ledger, people, note }: Tables, item: Item, invocation: string): void {
  ledger.put(item)
  note({
    what: 'row stored',
    invocation,
    person: people.keyed(item.person?.S ?? ''),
    kind: item.kind?.S ?? '',
    resetAt: numberOf(item.resetAt) ?? Number.NaN,
    outcome: item.outcome?.S ?? '',
    event: `${item.source?.S} ${item.eventId?.S}`,
  })
  note({ what: 'output', text: JSON.stringify(item) })
}

const SET_ONE = /^SET (\w+) = (:\w+)$/

/** Sets one attribute of a row, which begins to exist with it. */
function update({ ledger, people, note }: Tables, { input }: UpdateItemCommand, { invocation }: Serving) {
  const { Key = {}, UpdateExpression = '', ExpressionAttributeValues = {} } = input
  const [, name = '', placeholder = ''] = SET_ONE.exec(UpdateExpression) ?? []
  const value = ExpressionAttributeValues[placeholder]
  if (!value) throw new Error('the simulated ledger sets one attribute at a time')
  const item = { ...(ledger.get(Key, true) ?? Key), [name]: value }
  ledger.put(item)
  note({
    what: 'call noted',
    invocation,
    person: people.keyed(Key.person?.S ?? ''),
    kind: name,
    calledAt: numberOf(value.M?.calledAt) ?? Number.NaN,
  })
  note({ what: 'output', text: JSON.stringify(item) })
  return {}
}

/** Its condition: there is none yet, or one of the same key that names no project. */
function putSentinel(ledger: Ledger, { input: { Item = {} } }: PutItemCommand) {
  const found = ledger.get(Item, true)
  if (found && (found.projectProof || found.proof?.S !== Item.proof?.S)) return { refused: true }
  ledger.put(Item)
  return { refused: false }
}

function keyOf(key: Item = {}): string {
  return `${key.person?.S} ${key.kind?.S}`
}

/** Throws when DynamoDB would reject the request: too many entries, or two with the same key. */
function assertBatch(keys: readonly string[], max: number): void {
  const distinct = new Set(keys).size
  if (keys.length > max || distinct < keys.length)
    throw new Error(`DynamoDB rejects ${keys.length} entries, ${distinct} of them distinct`)
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N)
}
