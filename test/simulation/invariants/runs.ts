import type { Message, Trace } from './trace.ts'

/** A message on the breach queue, as what it is once fan-out takes it. */
export type Run = {
  message: Message
  /** The run whose dead letter it is. */
  of: string | undefined
  /** The index of each row. Rows of a redriven letter that name none are counted nowhere. */
  indices: readonly (number | undefined)[]
  /** The index of each person's first row. */
  indexOf: ReadonlyMap<string, number | undefined>
  /** The indices of rows that name nobody, and of each person's other rows. */
  bad: readonly number[]
  duplicates: readonly number[]
}

const cache = new WeakMap<Trace, ReadonlyMap<string, Run>>()

/** Every message on the breach queue, by its id. */
export function runsOf(trace: Trace): ReadonlyMap<string, Run> {
  const known = cache.get(trace)
  if (known) return known
  const breach = [...trace.messages.values()].filter(({ queue, json }) => queue === 'breach' && json)
  const runs = new Map(breach.map((message) => [message.message, toRun(message, trace)]))
  cache.set(trace, runs)
  return runs
}

function toRun(message: Message, { run: { world } }: Trace): Run {
  const members = message.json?.data.members ?? []
  const own = members.map(({ row_index }) => toIndex(row_index))
  const isLetter = message.json?.resetrun !== undefined && own.some((index) => index !== undefined)
  const indices = isLetter ? own : members.map((_, position) => position)
  const indexOf = new Map<string, number | undefined>()
  const bad: number[] = []
  const duplicates: number[] = []
  for (const [position, { email_address }] of members.entries()) {
    const person = world.people.named(email_address)
    const index = indices[position]
    if (person !== undefined && !indexOf.has(person)) indexOf.set(person, index)
    else if (index !== undefined) (person === undefined ? bad : duplicates).push(index)
  }
  const of = isLetter ? message.json?.resetrun : undefined
  return { message, of, indices, indexOf, bad, duplicates }
}

function toIndex(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

/** All indices of the rows of a run, in ascending order. */
export function rowsOf({ indices }: Run): number[] {
  return indices.filter((index) => index !== undefined).sort((a, b) => a - b)
}

/** The numbers of ranges such as `0-3,9`. */
export function numbersIn(ranges = ''): number[] {
  if (ranges === '') return []
  return ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}
