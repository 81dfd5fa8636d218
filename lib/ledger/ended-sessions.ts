import {
  type Item,
  keyOf,
  type LedgerEnvironment,
  numberOf,
  readItems,
  toTexts,
  writeItems,
} from './items.ts'

/**
 * That a person's sessions ended, to be written into their row of the kind `sessions`. `resetAt`: the reset that they ended for. It is
 * compared with other resets only, so that no clock of the function that ends sessions can hide anyone. `endedAt`: start of the
 * turn in which the last of them was seen to have ended. Both in ms since the epoch.
 */
export type EndedRow = {
  person: string
  resetAt: number
  endedAt: number
  source: string
  eventId: string
}

/** What a person's row says: the latest reset whose sessions have ended, and for which event. */
export type Ended = {
  resetAt: number
  endedAt?: number | undefined
  source?: string | undefined
  eventId?: string | undefined
}

export type ReadEnded = (people: readonly string[]) => Promise<Map<string, Ended>>

/** Reads the rows of at most 100 people, see readItems. */
export async function readEnded(
  environment: LedgerEnvironment,
  people: readonly string[],
): Promise<Map<string, Ended>> {
  const attributes = ['resetAt', 'endedAt', 'source', 'eventId']
  const items = await readItems(environment, people, { kind: 'sessions', attributes })
  return new Map([...items].map(([person, item]) => [person, fromItem(item)]))
}

function fromItem({ resetAt, endedAt, source, eventId }: Item): Ended {
  return {
    resetAt: numberOf(resetAt) ?? Number.NEGATIVE_INFINITY,
    ...{ endedAt: numberOf(endedAt), source: source?.S, eventId: eventId?.S },
  }
}

export type WriteEnded = (rows: readonly EndedRow[]) => Promise<void>

/** Writes the rows of at most 25 people, each in place of the one they had, see writeItems. */
export function writeEnded(environment: LedgerEnvironment, rows: readonly EndedRow[]): Promise<void> {
  return writeItems(
    environment,
    rows.map(({ person, resetAt, endedAt, ...texts }) => ({
      ...keyOf(person, 'sessions'),
      resetAt: { N: String(resetAt) },
      endedAt: { N: String(endedAt) },
      ...toTexts(texts),
    })),
  )
}
