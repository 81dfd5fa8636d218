import type { Readable } from 'node:stream'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'
import type { EventKey } from '../../lib/progress/fact.ts'
import type { InputOptions } from '../input/options.ts'
import { loadInput } from '../input/read-input.ts'
import { readText } from '../input/read-text.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { UsageError } from '../terminal.ts'

/** The e-mail addresses of rows by their index; undefined where a row has none. */
export type People = readonly (string | undefined)[]

/**
 * Reads who the rows of a delivery are, from the sender's own copy of the event. Throws a UsageError when it is another event: names in the
 * wrong rows would be worse than none. `now` in ms since the epoch.
 */
export async function readPeople(
  input: InputOptions,
  delivery: Pick<Delivery, 'event' | 'accepted' | 'rows'>,
  { stdin, now }: { stdin: Readable; now: number },
): Promise<People> {
  const { event, rows } = delivery
  if (!event) throw new UsageError('--people: the event could not be read, so its rows are not known')
  const copies = [
    ...(await readBody(input.file, now)),
    ...(await readAsSent(input, event, delivery, stdin, now)),
  ]
  const [first, ...others] = copies.filter(({ source, id }) => source === event.source && id === event.id)
  if (!first) throw new UsageError('--people: has no event of this source and id')
  const same = [first, ...others].find(({ data }) => data.members.length === rows.length)
  if (!same)
    throw new UsageError(
      `--people: is not what was sent: it has ${first.data.members.length} rows, the event has ${rows.length}`,
    )
  return toPeople(same.data.members)
}

/** The e-mail addresses in the rows of an event, as they are in it. */
export function toPeople(rows: readonly unknown[]): People {
  return rows.map((row) => {
    const { email_address: email } = (row ?? {}) as { email_address?: unknown }
    return typeof email === 'string' ? email : undefined
  })
}

type Copy = EventKey & { data: { members: readonly unknown[] } }

/** A file that was sent as it is, invalid rows and all. */
async function readBody(file: string, now: number): Promise<Copy[]> {
  if (file === '-') return []
  const read = readBreachEvent((await readText(file, undefined, '--people')).text, now)
  return read.kind === 'event' ? [read.event] : []
}

/** Part of a list that was cut into several events. */
const PART = /\.\d+$/

/** What `send` makes of a file. A list in CSV is named as the event is, and has its reason and times unless others are given. */
async function readAsSent(
  input: InputOptions,
  { source, id }: EventKey,
  { accepted }: Pick<Delivery, 'accepted'>,
  stdin: Readable,
  now: number,
): Promise<Copy[]> {
  const { list } = input
  const named = (name: string): InputOptions => ({
    ...input,
    list: {
      ...list,
      ...{ source, id: name, time: list.time ?? accepted?.time },
      reason: list.reason ?? accepted?.reason,
      exposedAt: list.exposedAt ?? accepted?.exposedAt,
      correlationid: list.correlationid ?? accepted?.correlationId,
    },
  })
  const { events } = await loadInput(named(id), stdin, now)
  if (!PART.test(id) || events.some((event) => event.id === id) || input.file === '-') return events
  return (await loadInput(named(id.replace(PART, '')), stdin, now)).events
}
