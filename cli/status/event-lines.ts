import { NO_REASON } from '../../lib/contract/codes.ts'
import type { RunState } from '../../lib/progress/run-state.ts'
import { wrap } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { deadLetterLines, laneLines, openLines } from './lane-lines.ts'
import { nextLines } from './next-lines.ts'
import { describeMoment, describeSpan } from './times.ts'
import { countRows, describeCounts, headlineOf } from './verdict.ts'

/** What became of an event, the latest delivery first: what matters, when, what is open, what was dead-lettered and what to do next. */
export function eventLines(
  deliveries: readonly [Delivery, ...Delivery[]],
  { columns, now, target }: { columns: number; now: number; target: string },
): string[] {
  const [latest, ...before] = [...deliveries].reverse() as [Delivery, ...Delivery[]]
  const say = (first: string, text: string) => wrap(first, text, columns)
  return [
    ...wrap('', headlineOf(latest), columns - 2).map((line, index) => (index === 0 ? line : `  ${line}`)),
    '',
    ...aboutLines(latest, now).flatMap(([label, text]) => say(`${label.padEnd(9)}  `, text)),
    ...missingLines(latest).flatMap((text) => ['', ...say('', text)]),
    ...laneLines(latest, columns),
    ...openLines(latest, now, columns),
    ...deadLetterLines(latest, columns),
    ...runLines('Redrives of its dead letters', latest.redrives, columns),
    ...runLines('Sent before', before, columns),
    ...nextLines(latest, target, columns),
  ]
}

/** What an event says, and when what happened to it, as labels and texts. */
function aboutLines(delivery: Delivery, now: number): [label: string, text: string][] {
  const { event, run, state, accepted, refused, lastFactAt } = delivery
  const { correlationId, reason, severity } = accepted ?? {}
  const named = event ? [`${event.id} of ${event.source}`, correlationId].filter(Boolean).join(', ') : ''
  const after = (at: number, from: number | string) => describeSpan(at - new Date(from).getTime())
  const lines: [string, string | undefined][] = [
    ['event', named || 'could not be read'],
    [
      'about',
      accepted &&
        [reason, severity && `severity ${severity}`, `mode ${accepted.mode}`].filter(Boolean).join(', '),
    ],
    ['detected', accepted && describeMoment(accepted.time)],
    ['sent', accepted && describeMoment(accepted.sentAt)],
    [
      'accepted',
      accepted && `${describeMoment(accepted.at)}, ${after(accepted.at, accepted.sentAt)} after it was sent`,
    ],
    [
      'refused',
      refused && !accepted
        ? `${describeMoment(refused.at)}${refused.detail ? `: ${refused.detail}` : ''}`
        : undefined,
    ],
    [
      'finished',
      accepted && state === 'finished'
        ? `${describeMoment(lastFactAt)}, ${after(lastFactAt, accepted.at)} after it was accepted`
        : undefined,
    ],
    [
      'news',
      state === 'open' ? `${describeMoment(lastFactAt)}, ${describeSpan(now - lastFactAt)} ago` : undefined,
    ],
    ['message', run],
  ]
  return lines.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as [string, string]]))
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

/** Runs, or deliveries, one line each. */
function runLines(title: string, runs: readonly RunState[], columns: number): string[] {
  if (runs.length === 0) return []
  return [
    '',
    title,
    ...runs.flatMap((run) => {
      const at = run.accepted?.at ?? run.refused?.at ?? run.lastFactAt
      const dead = run.state === 'finished' && countRows(run).dead > 0 ? ', with dead letters' : ''
      const what =
        run.state === 'refused' ? `refused: ${run.refused?.code ?? NO_REASON}` : `${run.state}${dead}`
      return wrap('  ', `${describeMoment(at)}: ${what}: ${describeCounts(run)}`, columns)
    }),
  ]
}
