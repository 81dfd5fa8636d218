import { count } from '../input/input.ts'
import { wrap } from '../lines.ts'
import { describeDuration } from '../times.ts'
import type { Action, Options } from './options.ts'
import type { Group, Redriven } from './redrive-dead-letters.ts'
import type { Limits } from './stage.ts'

const DONE: Partial<Record<Action, string>> = { redrive: 'redriven', delete: 'deleted' }

type Given = Pick<Options, 'action' | 'isRehearsed' | 'isRecent'>

/** The letters by reason or source, with what was done or what a redrive would do, and what else there is. */
export function reportLines(redriven: Redriven, given: Given & Limits, columns: number): string[] {
  const { groups } = redriven
  const { action, isRehearsed } = given
  const isTable = groups.length > 0 && action !== 'split'
  const sent = groups.filter(({ advice }) => advice.kind === 'again')
  const rows = sent.reduce((sum, group) => sum + group.rows, 0)
  return [
    ...(isTable ? toTable(redriven, given, columns) : []),
    ...[
      ...(isTable && isRehearsed && sent.length > 0 && !DONE[action]
        ? [`With --go: ${paceOf(rows, given)}.`]
        : []),
      ...(isTable && !isRehearsed ? nextLines(action) : []),
      ...restLines(redriven, given),
    ].flatMap((line) => wrap('', line, columns)),
  ]
}

function nextLines(action: Action): string[] {
  if (action === 'preview')
    return [
      'Nothing was changed. --show lists who is in them; then choose with --code and give --go or --delete.',
    ]
  return action === 'redrive'
    ? ['Anyone who fails again comes back here: look again in a minute, without --go.']
    : []
}

/** What was not chosen, what can't be seen, and whether there are more. */
export function restLines(
  { groups, others, hidden, more }: Redriven,
  { isRehearsed, isRecent }: Omit<Given, 'action'>,
): string[] {
  const [one, queue] = isRehearsed
    ? ['rehearsed event', 'queue of rehearsed events']
    : ['dead letter', 'dead-letter queue']
  const age = isRecent ? ' What is older than 24 hours is left out unless an age is given.' : ''
  const isEmpty = groups.length + others.length === 0
  const empty = hidden > 0 ? `No ${one} can be seen.` : `The ${queue} is empty.`
  return [
    ...(isEmpty ? [more ? `No ${one} was looked at.` : empty] : []),
    ...(others.length > 0 ? [`Not chosen: ${others.map(toCount).join(', ')}.${age}`] : []),
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

function toTable({ groups, at }: Redriven, { action, isRehearsed }: Given, columns: number): string[] {
  const ageOf = (moment: number) => describeDuration((at - moment) / 1000)
  const toRow = (letters: string, rows: string, oldest: string, newest: string, name: string) =>
    `${letters.padStart(7)}  ${rows.padStart(7)}  ${oldest.padEnd(10)}  ${newest.padEnd(10)}  ${name}`
  return [
    toRow('letters', 'members', 'oldest', 'newest', isRehearsed ? 'source' : 'reason'),
    ...groups.flatMap((group) => [
      toRow(`${group.letters}`, `${group.rows}`, ageOf(group.oldest), ageOf(group.newest), group.name),
      ...wrap(' '.repeat(18), describeGroup(group, action), columns),
    ]),
  ]
}

function describeGroup({ name, letters, taken, advice }: Group, action: Action): string {
  const done = DONE[action]
  if (!done) return advice.sentence
  const left = `${taken} ${done}, ${letters - taken} left`
  if (action !== 'redrive' || taken > 0 || advice.kind === 'again') return left
  return `${left}: ${advice.kind === 'asks' ? `only with --code ${name}` : advice.sentence}`
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
