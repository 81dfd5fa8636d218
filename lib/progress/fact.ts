import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import { ModeSchema } from '../contract/breach-event.ts'
import { CANARY_SOURCE } from '../contract/canary.ts'
import { jsonText } from '../contract/json-text.ts'
import { nameRanges, parseRanges } from '../contract/ranges.ts'
import { groupBy } from '../flow/node-20.ts'

/**
 * What one invocation has found out about one run: how rows ended. A run is an accepted SQS message, by its id: a redelivery has the same,
 * a redrive another. Facts are only ever added: a reader takes all of them together (run-state.ts). No field holds personal data.
 */
export type Fact = {
  /** Source and id of the event; undefined if fan-out could not read them. */
  event: EventKey | undefined
  run: string
  by: 'fan-out' | 'require-reset' | 'end-sessions'
  /** When it was written, in ms since the epoch. */
  at: number
  ends: readonly End[]
  /** Rows of people whom require-reset has passed on to end-sessions. */
  passedOn: readonly number[]
  /** Of fan-out only. */
  accepted?: Accepted | undefined
  refused?: Refused | undefined
}

export type EventKey = { source: string; id: string }

/**
 * How a row ended, by its index in the event. Of a reset: `at` is the start of the call; of sessions: when none was left. In ms since the
 * epoch. `code`: why it was skipped or dead-lettered, otherwise the same as `kind`.
 */
export type End = z.infer<typeof EndSchema>

const EndSchema = z.object({
  index: z.int(),
  kind: z.enum(['reset', 'ended', 'skipped', 'dead_lettered']),
  code: z.string(),
  at: z.number().optional(),
})

/** Indices as ranges, such as `0-6,9`; of no more rows than an event can have. */
const RangesSchema = z.string().regex(/^(?:\d{1,4}(?:-\d{1,4})?(?:,(?=\d)|$))*$/)

/** Who sent the message (lib/queue/sender-id.ts). Facts of older versions have none. */
const SenderSchema = z.string().optional()

/** What is known of a run once fan-out has taken its event. Times as the event has them; `sentAt` as SQS has it. */
const AcceptedSchema = z.object({
  /** The indices of its rows. */
  rows: RangesSchema.min(1),
  time: z.string(),
  sentAt: z.string(),
  sender: SenderSchema,
  exposedAt: z.string().optional(),
  reason: z.string(),
  severity: z.string().optional(),
  mode: ModeSchema,
  correlationId: z.string().optional(),
  /** The run whose dead letter this is. */
  of: z.string().optional(),
})
export type Accepted = z.infer<typeof AcceptedSchema>

/** Why fan-out took nothing of a message. `rows`: the indices of its rows; empty if they could not be read. */
const RefusedSchema = z.object({
  code: z.string(),
  detail: z.string().optional(),
  rows: RangesSchema,
  sender: SenderSchema,
  /** The run whose dead letter this is. */
  of: z.string().optional(),
})
export type Refused = z.infer<typeof RefusedSchema>

/** The key of an event in the table. A source has no spaces. */
export function eventKey(event: EventKey | undefined): string {
  return event === undefined ? 'unreadable' : `${event.source} ${event.id}`
}

/** The event that a key of the table names. */
export function readEventKey(key = ''): EventKey | undefined {
  const [source = '', id] = key.split(' ')
  return id === undefined ? undefined : { source, id }
}

/** Whether a run says that it is a canary, and is about no more than one row. */
export function isCanaryRun(event: EventKey | undefined, rowCount: number): boolean {
  return event?.source === CANARY_SOURCE && rowCount <= 1
}

type Item = Record<string, AttributeValue>

const KEPT_DAYS = 400

/** The item of a fact. `settlement`, without spaces, distinguishes what two invocations write about a run at the same moment. */
export function toItem(fact: Fact, settlement: string): Item {
  const at = new Date(fact.at).toISOString()
  const texts = {
    event: eventKey(fact.event),
    fact: `${fact.run} ${fact.by} ${at} ${settlement}`,
    ends: fact.ends.length > 0 ? JSON.stringify(toGroups(fact.ends)) : undefined,
    passedOn: nameRanges(fact.passedOn) || undefined,
    accepted: fact.accepted && JSON.stringify(fact.accepted),
    refused: fact.refused && JSON.stringify(fact.refused),
    ...(fact.by === 'fan-out' && { day: indexDay(fact.at, isCanaryFact(fact)), at }),
  }
  const present = Object.entries(texts).flatMap(([name, S]) => (S === undefined ? [] : [[name, { S }]]))
  const expiresAt = { N: String(Math.floor(fact.at / 1000) + KEPT_DAYS * 24 * 3600) }
  return { ...Object.fromEntries(present), expiresAt }
}

function isCanaryFact({ event, accepted, refused }: Fact): boolean {
  return isCanaryRun(event, parseRanges((accepted ?? refused)?.rows ?? '').length)
}

/** Where the index has what fan-out accepted or refused on the day, in UTC, of `at` (ms). Canaries, which come by the hour, are apart. */
export function indexDay(at: number, canaries: boolean): string {
  const day = new Date(at).toISOString().slice(0, 10)
  return canaries ? `${day} canaries` : day
}

/** Rows that ended alike, each once. `at`: a time for each row, the first in ms since the epoch, each of the others as the difference from the one before. */
const GroupSchema = EndSchema.omit({ index: true, at: true }).extend({
  rows: RangesSchema,
  at: z.array(z.number()).optional(),
})

function toGroups(ends: readonly End[]): z.infer<typeof GroupSchema>[] {
  const alike = groupBy(ends, ({ kind, code, at }) => `${kind} ${code} ${at === undefined}`)
  return [...alike.values()].flatMap((group) => {
    const byRow = group.toSorted((a, b) => a.index - b.index || (a.at ?? 0) - (b.at ?? 0))
    const sorted = byRow.filter(({ index }, position) => index !== byRow[position - 1]?.index)
    const [first] = sorted
    if (!first) return []
    const { kind, code } = first
    const times = sorted.map(({ at = 0 }, position) => at - (sorted[position - 1]?.at ?? 0))
    const rows = nameRanges(sorted.map(({ index }) => index))
    return [{ kind, code, rows, ...(first.at !== undefined && { at: times }) }]
  })
}

function fromGroup({ rows, at, ...end }: z.infer<typeof GroupSchema>): End[] {
  let time = 0
  return parseRanges(rows).map((index, position) => {
    time += at?.[position] ?? 0
    return { index, ...end, ...(at && { at: time }) }
  })
}

const TextsSchema = z.object({
  ends: jsonText(z.array(GroupSchema)).optional(),
  passedOn: RangesSchema.optional(),
  accepted: jsonText(AcceptedSchema).optional(),
  refused: jsonText(RefusedSchema).optional(),
})

const FACT = /^(\S+) (fan-out|require-reset|end-sessions) (\S+) \S+$/

/** The fact of an item; undefined if it is none, or one that this version can't read as a whole: half of it could pass for the end of a run. */
export function fromItem(item: Item): Fact | undefined {
  const texts = Object.fromEntries(Object.entries(item).map(([name, { S }]) => [name, S]))
  const read = TextsSchema.safeParse(texts).data
  const [, run = '', by, time = ''] = FACT.exec(texts.fact ?? '') ?? []
  const at = Date.parse(time)
  if (!read || by === undefined || Number.isNaN(at)) return undefined
  const { ends = [], passedOn = '', accepted, refused } = read
  return {
    event: readEventKey(texts.event),
    ...{ run, by: by as Fact['by'], at },
    ends: ends.flatMap(fromGroup),
    passedOn: parseRanges(passedOn),
    ...{ accepted, refused },
  }
}
