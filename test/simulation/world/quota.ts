import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Step } from '../scenario/faults.ts'
import type { Environment, Serving } from './environment.ts'
import type { Note } from './journal.ts'

type Item = Record<string, AttributeValue>
type Command = GetItemCommand | PutItemCommand | UpdateItemCommand
type Answer = { Item?: Item; isRefused?: boolean }

export type Quota = ReturnType<typeof createQuota>

/**
 * Creates the quota table (partition key: `id`). Returns what answers a request, `isRefused` when its condition does not
 * hold. Serves the expressions of lib/quota/hourly-quota.ts and throws on any other; quota.test.ts compares it with dynalite.
 */
export function createQuota() {
  const items = new Map<string, Item>()
  return (command: Command): Answer => {
    const id = idOf(command)
    const found = items.get(id)
    if (command instanceof GetItemCommand) return found ? { Item: found } : {}
    const input: Partial<UpdateItemCommand['input']> = command.input
    const { ConditionExpression, UpdateExpression } = input
    const values = valuesOf(input, `${ConditionExpression} ${UpdateExpression}`)
    if (ConditionExpression && !known(CONDITIONS, ConditionExpression)(found, values))
      return { isRefused: true }
    if (command instanceof UpdateItemCommand)
      items.set(id, known(UPDATES, UpdateExpression)(found ?? { id: { S: id } }, values))
    else items.set(id, command.input.Item ?? {})
    return {}
  }
}

type Values = Record<string, string>

const CONDITIONS: Record<string, (item: Item | undefined, values: Values) => boolean> = {
  'attribute_not_exists(id)': (item) => item === undefined,
  '#head = :head AND #total = :total': (item, values) =>
    numberAt(item, values['#head']) === Number(values[':head']) &&
    numberAt(item, values['#total']) === Number(values[':total']),
  '#head = :minute AND #total <= :room': (item, values) =>
    numberAt(item, values['#head']) === Number(values[':minute']) &&
    numberAt(item, values['#total']) <= Number(values[':room']),
}

const UPDATES: Record<string, (item: Item, values: Values) => Item> = {
  'SET #total = #total + :members, #minutes.#minute = if_not_exists(#minutes.#minute, :none) + :members': (
    item,
    values,
  ) => {
    const { '#total': total = '', '#minutes': minutes = '', '#minute': minute = '' } = values
    const counts = item[minutes]?.M
    const before = counts?.[minute]?.N ?? values[':none']
    if (!counts || !item[total]?.N) throw new Error('DynamoDB rejects an update of what is not there')
    const add = (number: string | undefined) => ({ N: String(Number(number) + Number(values[':members'])) })
    return { ...item, [total]: add(item[total].N), [minutes]: { M: { ...counts, [minute]: add(before) } } }
  },
}

function known<Meaning>(table: Record<string, Meaning>, expression = ''): Meaning {
  const meaning = table[expression]
  if (!meaning) throw new Error(`the simulated quota table does not know the expression "${expression}"`)
  return meaning
}

/** NaN, which is equal to nothing and below nothing, when the attribute is missing. */
function numberAt(item: Item | undefined, name = ''): number {
  return Number(item?.[name]?.N ?? Number.NaN)
}

/** Names and numbers by placeholder. Throws, as DynamoDB does, when a placeholder is not defined or not used. */
function valuesOf(input: Partial<UpdateItemCommand['input']>, expressions: string): Values {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues = {} } = input
  const numbers = Object.entries(ExpressionAttributeValues).map(([name, { N = '' }]) => [name, N])
  const values = { ...names, ...Object.fromEntries(numbers) }
  const used = new Set(expressions.match(/[#:]\w+/g))
  if (used.size !== Object.keys(values).length || ![...used].every((placeholder) => placeholder in values))
    throw new Error('DynamoDB rejects placeholders that are not defined or not used')
  return values
}

function idOf(command: Command): string {
  const id = command instanceof PutItemCommand ? command.input.Item?.id : command.input.Key?.id
  if (!id?.S) throw new Error('DynamoDB rejects a request without a key')
  return id.S
}

/** Creates DynamoDB as one execution environment of fan-out sees it. */
export function createQuotaClient({ quota, note }: { quota: Quota; note: Note }, environment: Environment) {
  const totalOf = (id: string) =>
    Number(quota(new GetItemCommand({ TableName: 'quota', Key: { id: { S: id } } })).Item?.total?.N ?? 0)

  function serve(command: Command, { invocation }: Serving): Answer {
    const id = idOf(command)
    const [kind, message = ''] = id.split(' ')
    const name = id.replace(/^source /, '')
    const before = totalOf(id)
    const answer = quota(command)
    note({ what: 'output', text: JSON.stringify(command.input) })
    if (answer.isRefused) return answer
    if (command instanceof UpdateItemCommand)
      note({ what: 'counted', invocation, name, members: totalOf(id) - before })
    if (command instanceof PutItemCommand && kind === 'message')
      note({ what: 'remembered', invocation, message })
    return answer
  }

  async function perform(step: Step, command: Command): Promise<unknown> {
    const answer = await environment.perform(step, (serving) => serve(command, serving))
    if (answer.isRefused) throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} })
    return answer
  }

  return async (command: unknown): Promise<unknown> => {
    if (command instanceof UpdateItemCommand) return perform('count members', command)
    if (command instanceof GetItemCommand) return perform('read quota', command)
    if (command instanceof PutItemCommand) return perform('write quota', command)
    throw new Error('the simulated quota table does not serve this command')
  }
}
