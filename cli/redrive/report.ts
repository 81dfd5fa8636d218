import { count } from '../input/input.ts'
import { describeDuration } from '../times.ts'
import type { Advice } from './dead-letter.ts'
import type { Action, Options } from './options.ts'
import type { Group, Redriven } from './redrive-dead-letters.ts'
import type { Limits } from './stage.ts'

const DONE: Partial<Record<Action, string>> = { redrive: 'redriven', delete: 'deleted' }

type Given = Pick<Options, 'action' | 'isRehearsed'>

/** The letters by reason, one line each, with what was done or what a redrive would do, and what else there is. */
export function reportLines(redriven: Redriven, options: Given & Limits): string[] {
  const { groups, at } = redriven
  const isTable = groups.length > 0 && options.action !== 'split'
  const toLines = () =>
    options.isRehearsed && !DONE[options.action]
      ? rehearsedLines(groups, at, options)
      : toTable(groups, options)
  return [...(isTable ? toLines() : []), ...restLines(redriven, options.isRehearsed)]
}

/** What was not chosen, what can't be seen, and whether there are more. */
export function restLines({ groups, others, hidden, more }: Redriven, isRehearsed: boolean): string[] {
  const [one, queue] = isRehearsed ? ['rehearsed event', 'queue'] : ['dead letter', 'dead-letter queue']
  const age = isRehearsed ? ' (the last 24 hours are, unless an age is given)' : ''
  const isEmpty = groups.length + others.length === 0
  const empty = hidden > 0 ? `No ${one} can be seen.` : `The ${queue} is empty.`
  return [
    ...(isEmpty ? [more ? `No ${one} was looked at.` : empty] : []),
    ...(others.length > 0 ? [`Not chosen${age}: ${others.map(toCount).join(', ')}.`] : []),
    ...(hidden > 0
      ? [
          `About ${hidden} more were hidden at the start (SQS's count may be a minute old): another redrive holds them, or one that was killed. They become visible again within 15 minutes.`,
        ]
      : []),
    ...(more && !isEmpty ? ['There may be more, not looked at.'] : []),
  ]
}

function toCount({ letters, name }: Group): string {
  return `${letters} ${name}`
}

function toTable(groups: readonly Group[], { action, isRehearsed }: Given): string[] {
  const width = Math.max(...groups.map(({ name }) => name.length))
  const done = DONE[action]
  const lines = groups.map(({ name, letters, rows, taken, advice }) => {
    const left = `${taken} ${done}, ${letters - taken} left`
    const isLeft = action === 'redrive' && taken === 0
    const what = done ? (isLeft ? left + whyNot(name, advice) : left) : advice.sentence
    return `${String(letters).padStart(7)} ${String(rows).padStart(8)}  ${name.padEnd(width)}  ${what}`
  })
  const head = `letters ${'members'.padStart(8)}  ${(isRehearsed ? 'source' : 'reason').padEnd(width)}`
  return [`${head}  ${done ? '' : 'a redrive of it'}`.trimEnd(), ...lines]
}

function whyNot(name: string, { kind, sentence }: Advice): string {
  if (kind === 'again') return ''
  return `: ${kind === 'asks' ? `only with --code ${name}` : sentence}`
}

/** What sending rehearsed events would do, by source. */
function rehearsedLines(groups: readonly Group[], at: number, limits: Limits): string[] {
  const age = (moment: number) => describeDuration((at - moment) / 1000).padEnd(10)
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  return [
    ' events  members  oldest      newest      source',
    ...groups.map(
      ({ letters, rows, oldest, newest, name }) =>
        `${String(letters).padStart(7)} ${String(rows).padStart(8)}  ${age(oldest)}  ${age(newest)}  ${name}`,
    ),
    `With --go they go through all checks and limits, as if they were sent now, each with its own fence: ${paceOf(rows, limits)}.`,
  ]
}

/** How long so many members take, as far as the stage's rate and limit are known. */
export function paceOf(members: number, { perSecond, perHour }: Limits): string {
  return [
    count(members, 'member'),
    ...(perSecond !== undefined
      ? [`${describeDuration(members / perSecond)} at ${count(perSecond, 'request')} a second`]
      : []),
    ...(perHour !== undefined && members > perHour
      ? [
          `${Math.ceil(members / perHour)} hours at ${count(perHour, 'member')} an hour (what does not fit comes back, over_hourly_limit)`,
        ]
      : []),
  ].join(', ')
}

/** What was done, as one object. */
export function toJson({ groups, others, at: _, ...rest }: Redriven, { action, isRehearsed }: Given) {
  const [all, name] = isRehearsed ? ['sources', 'source'] : ['reasons', 'code']
  const toFields = ({ name: value, oldest, newest, ...fields }: Group) => ({
    ...{ [name]: value, ...fields },
    ...{ oldest: new Date(oldest).toISOString(), newest: new Date(newest).toISOString() },
  })
  return { action, [all]: groups.map(toFields), not_chosen: others.map(toFields), ...rest }
}
