import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import pLimit from 'p-limit'
import { CLOCK_TOLERANCE_MS } from '../contract/fence.ts'
import { isWritten } from '../flow/aws-client.ts'
import { allOrFirstError } from '../flow/concurrency.ts'
import {
  type Item,
  type Kind,
  keyOf,
  type LedgerEnvironment,
  MAX_READ_AT_ONCE,
  numberOf,
  readItems,
} from './items.ts'

/** How many rows of a copy the ledger lacks, has older ones of, has as they are or newer, and how many are of a clock that was ahead. */
export type Compared = Record<'missing' | 'older' | 'kept' | 'ahead', number>

type Restore = {
  kind: Kind
  /** Whether to write what is missing or older, or only to count it. */
  go: boolean
  /** ms since the epoch. */
  now: number
  signal: AbortSignal
}

const AT_ONCE = 20

/**
 * Copies rows of one kind, from a copy of this ledger, into it: what it lacks, or has an older one of. Each write has the condition that what it
 * replaces is older, so nothing that the functions write meanwhile is lost, and it can be repeated, also after an interruption. What is ahead
 * of `now` is left out: no function believes it, and in place of a true row it would have somebody reset twice. Resolves to what it did, or
 * would do.
 */
export async function restoreRows(
  ledger: LedgerEnvironment,
  copies: readonly Item[],
  { kind, go, now, signal }: Restore,
): Promise<Compared> {
  const compared = { missing: 0, older: 0, kept: 0, ahead: 0 }
  const limited = pLimit(AT_ONCE)
  const restore = async (copy: Item, live: Item | undefined) => {
    const person = copy.person?.S ?? ''
    let how: keyof Compared = 'kept'
    for (const part of partsOf(copy)) {
      if (!isPartNewer(part, live)) continue
      if (part.at > now + CLOCK_TOLERANCE_MS) {
        if (how === 'kept') how = 'ahead'
        continue
      }
      signal.throwIfAborted()
      if (!go || (await writePart(ledger, keyOf(person, kind), part))) how = live ? 'older' : 'missing'
    }
    compared[how]++
  }
  for (let first = 0; first < copies.length; first += MAX_READ_AT_ONCE) {
    const some = copies.slice(first, first + MAX_READ_AT_ONCE)
    const people = some.map(({ person }) => person?.S ?? '')
    const known = await readItems(ledger, people, { kind, attributes: COMPARED[kind] })
    await allOrFirstError(some.map((copy) => limited(() => restore(copy, known.get(copy.person?.S ?? '')))))
  }
  return compared
}

const NOTES = ['uncertain', 'unusable'] as const
const COMPARED = { reset: ['resetAt', ...NOTES], sessions: ['resetAt'] }

/** What is newer or older as a whole: a reset, the end of sessions, a noted call. `at`: of the reset, or of the call, in ms since the epoch. */
type Part = { at: number; note?: (typeof NOTES)[number]; values: Item }

/** The parts of a row, its reset first. A call that was noted before the reset is answered by it, and left out. */
function partsOf({ person: _person, kind: _kind, uncertain, unusable, ...values }: Item): Part[] {
  const at = numberOf(values.resetAt)
  const calls = { uncertain, unusable }
  const notes = NOTES.flatMap((note) => {
    const call = calls[note]
    const calledAt = numberOf(call?.M?.calledAt)
    if (!call || calledAt === undefined || calledAt <= (at ?? Number.NEGATIVE_INFINITY)) return []
    return [{ at: calledAt, note, values: { [note]: call } }]
  })
  return [...(at === undefined ? [] : [{ at, values }]), ...notes]
}

/** The same as the condition of writePart, for a row that was read. */
function isPartNewer({ at, note }: Part, live: Item = {}): boolean {
  const moments = [live.resetAt, note && live[note]?.M?.calledAt].map(numberOf)
  return moments.every((moment = Number.NEGATIVE_INFINITY) => moment < at)
}

/** What a reset, or an end of sessions, may have said that the one in its place does not. */
const OPTIONAL = ['outcome', 'source', 'eventId', 'requestId', 'endedAt']

/** Writes a part in place of an older one, and leaves the rest of the row as it is. Resolves to whether there was none that is as new. */
function writePart({ dynamoDB, table }: LedgerEnvironment, Key: Item, { at, note, values }: Part) {
  const names = Object.keys(values)
  const gone = note ? [] : OPTIONAL.filter((name) => !(name in values))
  const remove = gone.length > 0 ? ` REMOVE ${gone.map((name) => `#${name}`).join(', ')}` : ''
  const isOlder = (path: string) => `(attribute_not_exists(${path}) OR ${path} < :at)`
  const command = new UpdateItemCommand({
    ...{ TableName: table, Key },
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}${remove}`,
    ConditionExpression: ['resetAt', ...(note ? [`${note}.calledAt`] : [])].map(isOlder).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries([...names, ...gone].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ':at': { N: String(at) },
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
    },
  })
  return isWritten(dynamoDB.send(command))
}
