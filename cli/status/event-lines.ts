import { describeCode } from '../../lib/contract/codes.ts'
import { parseRanges } from '../../lib/contract/ranges.ts'
import { groupBy } from '../../lib/flow/node-20.ts'
import type { Row, RunState } from '../../lib/progress/run-state.ts'
import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { isRefusedFirst } from '../progress/run-json.ts'
import { meaningOf } from '../start/counts.ts'
import { describeDuration, describeMoment } from '../times.ts'
import { nextLines } from './next-lines.ts'
import { describeCounts, exitCodeOf, headlineOf, lanesOf, refusalCodesOf } from './verdict.ts'

type View = { columns: number; now: number; target: string }

/**
 * What became of an event, as it was sent the last time: what matters, when, how the rows ended, and what to do next. `before`: the
 * earlier deliveries of it.
 */
export function eventLines(latest: Delivery, before: readonly Delivery[], view: View): string[] {
  const { columns, target } = view
  return [
    ...wrap('', headlineOf(latest), columns, '  '),
    '',
    ...aboutLines(latest, view.now).flatMap(([label, text]) => wrap(`${label.padEnd(9)}  `, text, columns)),
    ...missingLines(latest).flatMap((text) => ['', ...wrap('', text, columns)]),
    ...(latest.state === 'refused' ? refusalLines(latest, columns) : laneLines(latest, view)),
    ...runLines('Redrives of its dead letters', latest.redrives, columns),
    ...runLines('Sent before', before, columns),
    ...nextLines(latest, target, columns),
  ]
}

/** What an event says, and when what happened to it, as labels and texts. */
function aboutLines(delivery: Delivery, now: number): (readonly [label: string, text: string])[] {
  const { event, run, state, accepted, refused, lastFactAt } = delivery
  const list = (...texts: (string | undefined)[]) => texts.filter(Boolean).join(', ')
  const moment = (at: number, from: number | string, since: string) =>
    `${describeMoment(at)}, ${describeDuration((at - new Date(from).getTime()) / 1000)} ${since}`
  const { reason, severity, mode, correlationId } = accepted ?? {}
  const lines = [
    ['event', event ? list(`${event.id} of ${event.source}`, correlationId) : 'could not be read'],
    ['about', accepted && list(reason, severity && `severity ${severity}`, `mode ${mode}`)],
    ['detected', accepted && describeMoment(accepted.time)],
    ['sender', (accepted ?? refused)?.sender],
    ['refused', isRefusedFirst(delivery) && refused && list(describeMoment(refused.at), refused.detail)],
    ['accepted', accepted && moment(accepted.at, accepted.sentAt, 'after it was sent')],
    [
      'finished',
      accepted && state === 'finished' ? moment(lastFactAt, accepted.at, 'after it was accepted') : '',
    ],
    [
      'updated',
      state === 'open'
        ? `${describeMoment(lastFactAt)}, ${describeDuration((now - lastFactAt) / 1000)} ago`
        : '',
    ],
    ['message', run],
  ] as const
  return lines.flatMap(([label, text]) => (text ? [[label, text] as const] : []))
}

/** What is not known, because what fan-out wrote is not there. */
function missingLines({ accepted, refused }: RunState): string[] {
  if (accepted?.of !== undefined)
    return [
      `A redrive of message ${accepted.of}, of which nothing is known any more: only the rows of its dead letters are here.`,
    ]
  if (accepted || refused) return []
  return [
    'What fan-out wrote about this message is not here: how many rows it has is not known, and it stays open. Either it is still to come, or it was lost (metric ProgressLost). Nobody was lost by that.',
  ]
}

function refusalLines(delivery: Delivery, columns: number): string[] {
  const texts = refusalCodesOf(delivery).flatMap(describeLetters)
  return ['', 'It is on the dead-letter queue', ...texts.flatMap((text) => wrap('  ', text, columns))]
}

/** How the rows of each lane ended: by code with what that means, of dead letters what to do, and since when the others are open. */
function laneLines(delivery: Delivery, { columns, now }: View): string[] {
  const [passwords, sessions] = lanesOf(delivery)
  const { rows } = delivery
  const passedOn = rows.filter(({ isPassedOn }) => isPassedOn)
  const lanes = [
    { ...passwords, title: 'Passwords', all: rows, left: rows.filter(({ reset }) => !reset) },
    { ...sessions, title: 'Sessions', all: passedOn, left: passedOn.filter(({ sessions }) => !sessions) },
  ]
  return lanes.flatMap(({ title, all, left, done: [kind, done], skipped, dead_lettered, open }) => {
    if (all.length === 0) return []
    const line = (number: number, kind: string, text: string) =>
      number > 0 ? wrap(`${String(number).padStart(7)}  ${kind.padEnd(13)}  `, text, columns) : []
    return [
      '',
      `${title} (of ${count(all.length, 'row')}, counted from 0)`,
      ...line(done.count, kind, meaningOf(kind)),
      ...Object.entries(skipped.by_code).flatMap(([code, { count }]) =>
        line(count, 'skipped', [code, meaningOf(code)].filter(Boolean).join(': ')),
      ),
      ...Object.entries(dead_lettered.by_code).flatMap(([code, { count, rows }]) => [
        ...line(count, 'dead-lettered', `${code}: ${describeRows(rows)}`),
        ...describeLetters(code).flatMap((text) => wrap(' '.repeat(24), text, columns)),
      ]),
      ...line(open.count, 'open', `${describeSince(delivery, left, now)}${describeRows(open.rows)}`),
    ]
  })
}

/** Since when the first of these rows is open: accepted, or redriven, and, of sessions, reset. */
function describeSince({ accepted, redrives }: Delivery, open: readonly Row[], now: number): string {
  const redrivenAt = new Map(
    redrives.flatMap(({ accepted, rows }) => rows.map(({ index }) => [index, accepted?.at] as const)),
  )
  const since = Math.min(
    ...open.map(({ index, reset }) => Math.max(redrivenAt.get(index) ?? accepted?.at ?? 0, reset?.at ?? 0)),
  )
  return since > 0 ? `since ${describeMoment(since)} (${describeDuration((now - since) / 1000)}): ` : ''
}

/** Why something is on the dead-letter queue, what to do, and what a redrive does. */
function describeLetters(code: string): string[] {
  const { meaning, remedy, redrive } = describeCode(code)
  return [
    meaning,
    ...(remedy ? [`To do: ${remedy}`] : []),
    ...(redrive ? [`A redrive: ${redrive.sentence}`] : []),
  ]
}

const MAX_RANGES = 8

/** Which rows, by index, as far as a reader looks at them: `rows 3, 17-19 and 40 more`. */
function describeRows(ranges: string): string {
  const all = ranges.split(',')
  const more = parseRanges(all.slice(MAX_RANGES).join(',')).length
  const unit = all.length === 1 && !ranges.includes('-') ? 'row' : 'rows'
  return `${unit} ${all.slice(0, MAX_RANGES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** Runs, or deliveries, one line each; those of which the same is to be said share one: a redrive is one run for each letter. */
function runLines(title: string, runs: readonly RunState[], columns: number): string[] {
  if (runs.length === 0) return []
  const told = runs.map((run) => {
    const at = run.accepted?.at ?? run.refused?.at ?? run.lastFactAt
    const why = run.state === 'refused' ? `: ${refusalCodesOf(run).join(', ')}` : ''
    const dead = run.state === 'finished' && exitCodeOf(run) !== 0 ? ', with dead letters' : ''
    return { at, text: `${run.state}${why}${dead}: ${describeCounts(run)}` }
  })
  const lines = [...groupBy(told, ({ text }) => text)].flatMap(([text, same]) => {
    const moments = same.map(({ at }) => at)
    const [first, last] = [Math.min(...moments), Math.max(...moments)].map((at) => describeMoment(at))
    const times = same.length === 1 ? first : `${first} to ${last}, ${same.length} messages, each`
    return wrap('  ', `${times}: ${text}`, columns)
  })
  return ['', title, ...lines]
}
