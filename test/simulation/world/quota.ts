import { createRequire } from 'node:module'
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

type Action = Parameters<Quota>[0]

/** The quota table as one execution environment sees it. */
export function createQuotaClient({ quota, note }: { quota: Quota; note: Note }, environment: Environment) {
  const totalOf = (id: string) =>
    Number(quota('getItem', { TableName: 'quota', Key: { id: { S: id } } }).Item?.total?.N ?? 0)

  function serve(action: Action, input: object, id: string, { invocation }: Serving) {
    const [kind, name = ''] = id.split(' ')
    const before = totalOf(id)
    const answer = quota(action, input)
    note({ what: 'output', text: JSON.stringify(input) })
    if (answer.isRefused) return answer
    if (action === 'updateItem') note({ what: 'counted', invocation, name, members: totalOf(id) - before })
    if (action === 'putItem' && kind === 'message') note({ what: 'remembered', invocation, message: name })
    return answer
  }

  async function perform(step: Step, action: Action, input: object, id = ''): Promise<unknown> {
    const answer = await environment.perform(step, (serving) => serve(action, input, id, serving))
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
