import { describeCode } from '../../lib/contract/codes.ts'
import { type Counted, type Summary, summarize } from '../../lib/progress/summary.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { meaningOf } from '../start/counts.ts'
import { describeMoment, describeSpan } from './times.ts'

type Lane = Pick<Summary, 'skipped' | 'dead_lettered' | 'open'> & {
  title: string
  done: [kind: string, Counted]
}

/** The lanes of a delivery with anything in them. */
function lanesOf(delivery: Delivery): Lane[] {
  const { sessions, reset, ...resets } = summarize(delivery)
  const lanes: Lane[] = [
    { ...resets, title: `Reset, of ${count(delivery.rows.length, 'row')}`, done: ['reset', reset] },
    {
      ...sessions,
      title: `Sessions, of ${count(sessions.row_count, 'row')}`,
      done: ['ended', sessions.ended],
    },
  ]
  return lanes.filter((_, index) => (index === 0 ? delivery.rows.length : sessions.row_count) > 0)
}

/** How the rows of each lane ended, by code, with what that means. */
export function laneLines(delivery: Delivery, columns: number): string[] {
  return lanesOf(delivery).flatMap(({ title, done: [kind, done], skipped, dead_lettered, open }) => {
    const groups = [
      ...[{ kind, code: kind, count: done.count }],
      ...Object.entries(skipped.by_code).map(([code, { count }]) => ({ kind: 'skipped', code, count })),
      ...Object.entries(dead_lettered.by_code).map(([code, { count }]) => ({
        kind: 'dead-lettered',
        code,
        count,
      })),
      ...[{ kind: 'open', code: 'open', count: open.count }],
    ].filter(({ count }) => count > 0)
    return [
      '',
      title,
      ...groups.flatMap(({ kind, code, count }) => {
        const meaning = ['open', 'dead-lettered'].includes(kind) ? '' : meaningOf(code)
        const text = kind === code ? meaning : [code, meaning].filter(Boolean).join(': ')
        return wrap(`${String(count).padStart(7)}  ${text ? kind.padEnd(15) : kind}`, text, columns)
      }),
    ]
  })
}

/** What is open in each lane, and since when. */
export function openLines(delivery: Delivery, now: number, columns: number): string[] {
  const { open, sessions } = summarize(delivery)
  const triedAt = createTriedAt(delivery)
  const openResets = delivery.rows.filter(({ reset }) => !reset)
  const openSessions = delivery.rows.filter(({ isPassedOn, sessions }) => isPassedOn && !sessions)
  const since = Math.min(...openResets.map(({ index }) => triedAt(index)))
  const sessionsSince = Math.min(
    ...openSessions.map(({ index, reset }) => Math.max(reset?.at ?? 0, triedAt(index))),
  )
  const line = (what: string, { count: number, rows }: Counted, at: number) => {
    if (number === 0) return []
    const when = at > 0 ? ` since ${describeMoment(at)} (${describeSpan(now - at)})` : ''
    return wrap('  ', `${what}: ${count(number, 'row')}${when}: ${describeRows(rows)}`, columns)
  }
  const lines = [...line('reset', open, since), ...line('sessions', sessions.open, sessionsSince)]
  return lines.length > 0 ? ['', 'Open', ...lines] : []
}

/** Returns a function that says when a row was accepted, the last time: in ms since the epoch; 0 if that is not known. */
function createTriedAt({ accepted, redrives }: Delivery): (index: number) => number {
  const again = new Map<number, number>()
  for (const redrive of redrives)
    for (const { index } of redrive.rows) again.set(index, redrive.accepted?.at ?? 0)
  return (index) => again.get(index) ?? accepted?.at ?? 0
}

/** Dead letters by reason: which rows, what happened, what to do, and what a redrive does. */
export function deadLetterLines(delivery: Delivery, columns: number): string[] {
  const { dead_lettered, sessions, ...rest } = summarize(delivery)
  const letters: (readonly [code: string, Counted | undefined])[] = [
    ...Object.entries(dead_lettered.by_code),
    ...Object.entries(sessions.dead_lettered.by_code),
    ...(delivery.refused && rest.row_count === 0 ? [[delivery.refused.code, undefined] as const] : []),
  ]
  if (letters.length === 0) return []
  return [
    '',
    'Dead-lettered (rows of data.members, counted from 0)',
    ...letters.flatMap(([code, counted]) => {
      const { meaning, remedy, redrive } = describeCode(code)
      const rows = counted ? `: ${count(counted.count, 'row')}: ${describeRows(counted.rows)}` : ''
      const say = (text: string) => wrap('    ', text, columns)
      return [
        ...wrap('  ', `${code}${rows}`, columns),
        ...say(meaning),
        ...(remedy ? say(`To do: ${remedy}`) : []),
        ...(redrive ? say(`A redrive: ${redrive.sentence}`) : []),
      ]
    }),
  ]
}

const MAX_RANGES = 8

/** Which rows, by index, as far as a reader looks at them: `rows 3, 17-19 and 40 more`. */
export function describeRows(ranges: string): string {
  const all = ranges.split(',')
  const shown = all.slice(0, MAX_RANGES)
  const more = all.slice(MAX_RANGES).reduce((sum, range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return sum + last - first + 1
  }, 0)
  const unit = all.length === 1 && !ranges.includes('-') ? 'row' : 'rows'
  return `${unit} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
