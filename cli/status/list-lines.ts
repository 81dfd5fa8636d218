import type { RunState } from '../../lib/progress/run-state.ts'
import { summarize } from '../../lib/progress/summary.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { describeMinute } from './times.ts'
import { countRows } from './verdict.ts'

/** Deliveries, one line each; two, where the names of events do not fit beside the numbers. */
export function listLines(deliveries: readonly Delivery[], columns: number): string[] {
  if (deliveries.length === 0) return ['No event in the last 14 days (canaries: --canaries).']
  const rows = deliveries.map((delivery) => ({ cells: toCells(delivery), name: nameOf(delivery) }))
  const widths = HEAD.map((head, at) =>
    Math.max(head.length, ...rows.map(({ cells }) => cells[at]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (at < LEFT ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
  const numbers = line(HEAD)
  const fits = rows.every(({ name }) => numbers.length + 2 + name.length <= columns)
  const toLines = (cells: readonly string[], name: string) =>
    fits ? [`${line(cells)}  ${name}`] : [line(cells).trimEnd(), `  ${name}`]
  return [fits ? `${numbers}  event` : numbers, ...rows.flatMap(({ cells, name }) => toLines(cells, name))]
}

const HEAD = ['sent (UTC)', 'state', 'rows', 'reset', 'skipped', 'dead-lettered', 'open']
const LEFT = 2

function toCells(delivery: Delivery): string[] {
  const { reset, skipped } = summarize(delivery)
  const { dead, open } = countRows(delivery)
  const numbers = [delivery.rows.length, reset.count, skipped.count, dead, open]
  return [describeMinute(sentAtOf(delivery)), delivery.state, ...numbers.map(String)]
}

/** When a message was sent; if that is not known, when it was refused, or the latest news of it. In ms since the epoch. */
export function sentAtOf({ accepted, refused, lastFactAt }: RunState): number {
  return accepted ? Date.parse(accepted.sentAt) : (refused?.at ?? lastFactAt)
}

function nameOf({ event, run, redrives }: Delivery): string {
  const name = event ? `${event.id} of ${event.source}` : `message ${run}, which could not be read`
  return redrives.length > 0 ? `${name}, redriven` : name
}
