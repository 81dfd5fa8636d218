import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Environment } from './create-environment.ts'
import type { Item } from './create-ledger.ts'
import type { Answering, World } from './world.ts'

const MOST_KEYS = 100
const MOST_ROWS = 25

/** DynamoDB as one execution environment sees it. */
export function createLedgerClient(world: World, environment: Environment) {
  const { ledger, people, note } = world

  function batchGet({ input }: BatchGetItemCommand, { invocation, fault }: Answering) {
    const [[table = '', { Keys = [], ConsistentRead = false } = {}] = []] = Object.entries(
      input.RequestItems ?? {},
    )
    demandWithin(Keys.map(keyOf), MOST_KEYS)
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
      MOST_ROWS,
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
