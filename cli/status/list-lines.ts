import { summarize } from '../../lib/progress/summary.ts'
import { wrap } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { describeMoment } from '../times.ts'
import { countRows, refusalCodesOf } from './verdict.ts'

/** Deliveries, one line each; two, where the names of events do not fit beside the numbers. */
export function listLines(deliveries: readonly Delivery[], columns: number): string[] {
  if (deliveries.length === 0) return ['No event in the last 14 days (canaries: --canaries).']
  const rows = deliveries.map((delivery) => ({ cells: toCells(delivery), name: nameOf(delivery) }))
  const isNarrow = HEAD.join('  ').length > columns
  const [heads, gap] = isNarrow
    ? [HEAD.map((head) => head.replace('dead-lettered', ' dead')), ' ']
    : [HEAD, '  ']
  const line = (cells: readonly string[]) =>
    heads.map((head, at) => cells[at]?.[at < LEFT ? 'padEnd' : 'padStart'](head.length)).join(gap)
  const numbers = heads.join(gap)
  const fits = rows.every(({ name }) => numbers.length + 2 + name.length <= columns)
  return [
    fits ? `${numbers}  event` : numbers,
    ...rows.flatMap(({ cells, name }) => (fits ? [`${line(cells)}  ${name}`] : [line(cells), `  ${name}`])),
    ...(rows.some(({ cells }) => countsTwice(cells)) ? ['', ...wrap('', COUNTED_TWICE, columns)] : []),
  ]
}

const COUNTED_TWICE =
  'A row that is reset or skipped counts as open, too, until its sessions have ended, and as dead-lettered, too, if they could not be ended.'

function countsTwice(cells: readonly string[]): boolean {
  const [rows = 0, ...ends] = cells.slice(LEFT).map(Number)
  return ends.reduce((sum, count) => sum + count, 0) > rows
}

/** As wide as what is below. So many of them are aligned to the left. */
const HEAD = ['sent (UTC)      ', 'state   ', ' rows', 'reset', 'skipped', 'dead-lettered', ' open']
const LEFT = 2

function toCells(delivery: Delivery): string[] {
  const { accepted, refused, lastFactAt, state, rows } = delivery
  const { reset, skipped } = summarize(delivery)
  const { dead, open } = countRows(delivery)
  const sentAt = describeMoment(accepted?.sentAt ?? refused?.at ?? lastFactAt).slice(0, 16)
  return [sentAt, state, ...[rows.length, reset.count, skipped.count, dead, open].map(String)]
}

function nameOf(delivery: Delivery): string {
  const { event, run, redrives, accepted, state } = delivery
  return [
    event ? `${event.id} of ${event.source}` : `message ${run}, which could not be read`,
    ...(state === 'refused' ? refusalCodesOf(delivery) : []),
    ...(accepted?.mode === 'dry_run' ? ['dry run'] : []),
    ...(redrives.length > 0 ? ['redriven'] : []),
  ].join(', ')
}
