import { createRequire } from 'node:module'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

const require = createRequire(import.meta.url)
const TABLE = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
}

type Item = Record<string, AttributeValue>
type Done = (error: unknown, value?: object) => void
type Answer = { Item?: Item; isRefused?: boolean }

export type Quota = ReturnType<typeof createQuota>

/**
 * The quota table. Dynalite's own actions work on it, so that conditions and updates mean what they mean there; but on a map
 * instead of its database, so that no time passes.
 */
export function createQuota() {
  const items = new Map<string, Item>()
  const database = {
    lock: (_key: string, locked: (release: (done: Done) => Done) => void) => locked((done) => done),
    get: (key: string, done: Done) => {
      const item = items.get(key)
      done(item ? null : { name: 'NotFoundError' }, item)
    },
    put: (key: string, item: Item, done: Done) => {
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
