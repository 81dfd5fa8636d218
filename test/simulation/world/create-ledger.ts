import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Dice } from './create-dice.ts'
import type { Timeline } from './create-timeline.ts'

export type Item = Record<string, AttributeValue>
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
