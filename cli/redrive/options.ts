import { SENDER_ID } from '../../lib/queue/sender-id.ts'
import type { FlagValues } from '../command.ts'
import { parseCount } from '../confirm.ts'
import { parseEvent, STACK_FLAGS, stackNameOf } from '../progress/progress-target.ts'
import { UsageError } from '../terminal.ts'
import type { Target } from './stage.ts'

const WHICH = 'which letters: all, or those to which all of this applies'
const WHAT = 'what to do'
const WHERE = 'two queues without a stack'

export const FLAGS = {
  ...STACK_FLAGS,
  rehearsed: { type: 'boolean', about: 'events that a dry run kept instead, of the last 24 hours' },
  json: { type: 'boolean', about: 'prints one object' },
  code: {
    type: 'string',
    value: 'CODE',
    multiple: true,
    group: WHICH,
    about: 'of this reason, as it is printed (may be repeated)',
  },
  event: { type: 'string', value: 'ID', group: WHICH, about: 'of this event' },
  source: { type: 'string', value: 'SOURCE', group: WHICH, about: 'of this source' },
  'older-than': { type: 'string', value: 'AGE', group: WHICH, about: 'sent longer ago than 30m, 12h, 3d' },
  'newer-than': { type: 'string', value: 'AGE', group: WHICH, about: 'sent within the last 30m, 12h, 3d' },
  limit: { type: 'string', value: 'N', group: WHICH, about: 'the first N that are found' },
  show: { type: 'boolean', group: WHAT, about: 'lists them, with masked addresses' },
  reveal: { type: 'boolean', group: WHAT, about: 'with --show: the addresses as they are' },
  go: {
    type: 'boolean',
    group: WHAT,
    about:
      'sends them to the breach queue again. Only if --code names them: those that may have been reset, were over an hourly limit, or were not sent by our functions',
  },
  delete: {
    type: 'boolean',
    group: WHAT,
    about: 'removes them for good: nobody in them will be reset',
  },
  split: {
    type: 'boolean',
    group: WHAT,
    about:
      'sends events over the limit in pieces, after a preview that you confirm with the number of members',
  },
  confirm: { type: 'string', value: 'N', group: WHAT, about: 'with --split: that number, without asking' },
  from: { type: 'string', value: 'URL', group: WHERE, about: 'the dead-letter queue' },
  to: { type: 'string', value: 'URL', group: WHERE, about: 'the breach queue' },
  functions: {
    type: 'string',
    value: 'ROLE_ID,...',
    group: WHERE,
    about: 'whom to believe: the ids of the roles of our functions',
  },
} as const

/** What to do: `preview` and `show` only look. */
export type Action = 'preview' | 'show' | 'redrive' | 'delete' | 'split'

/** Which letters are meant: those that are all of this. Ages in ms. */
export type Choice = {
  codes: ReadonlySet<string>
  event: string | undefined
  source: string | undefined
  olderThan: number | undefined
  newerThan: number | undefined
}

/** `isTyped`: whether letters were chosen, and not only by what holds unless something is typed, such as `isRecent`: of the last 24 hours. */
export type Options = {
  target: Target
  action: Action
  choice: Choice
  isTyped: boolean
  limit: number
  confirm: number | undefined
} & Record<'isRehearsed' | 'isRecent' | 'reveal' | 'json', boolean>

type Values = FlagValues<typeof FLAGS>

const DAY_MS = 24 * 60 * 60 * 1000

/** Parses the flags of a redrive. Throws a UsageError when they can't be used. */
export function parseOptions(values: Values): Options {
  const { rehearsed: isRehearsed, reveal, json, limit, confirm, code: codes = [], event, source } = values
  const target = parseTarget(values)
  const action = parseAction(values)
  if (event !== undefined || source !== undefined) parseEvent(event ?? 'any', source, '--event:')
  if (codes.some((code) => !/^[\w-]{1,128}(:\w+)?$/.test(code)))
    throw new UsageError('--code: must be a reason as it is printed')
  const [olderThan, newerThan] = (['older-than', 'newer-than'] as const).map((name) =>
    parseAge(name, values[name]),
  )
  const isAgeTyped = olderThan !== undefined || newerThan !== undefined
  const isTyped = codes.length > 0 || event !== undefined || source !== undefined || isAgeTyped
  if (action === 'delete' && !isTyped)
    throw new UsageError('--delete: say which with --code, --event, --source, --older-than or --newer-than')
  const isRecent = isRehearsed && !isAgeTyped
  const choice = { codes: new Set(codes), event, source, olderThan, newerThan: isRecent ? DAY_MS : newerThan }
  return {
    ...{ target, action, choice, isTyped, isRehearsed, isRecent, reveal, json },
    limit: parseNumber('limit', limit) ?? Number.POSITIVE_INFINITY,
    confirm: parseNumber('confirm', confirm),
  }
}

function parseAction({ show, go, delete: remove, split, reveal, confirm, rehearsed }: Values): Action {
  const given = Object.entries({ show, redrive: go, delete: remove, split }).filter(([, value]) => value)
  if (given.length > 1) throw new UsageError('--show, --go, --delete and --split: give one of them')
  const [[action] = ['preview']] = given
  if (reveal && !show) throw new UsageError('--reveal: only with --show')
  if (confirm !== undefined && !split) throw new UsageError('--confirm: only with --split')
  if (rehearsed && split) throw new UsageError('--split: not with --rehearsed')
  return action as Action
}

function parseTarget(values: Values): Target {
  const { from, to, functions } = values
  const stack = stackNameOf(values)
  for (const [name, url] of Object.entries({ from, to }))
    if (url !== undefined && !URL.canParse(url)) throw new UsageError(`--${name}: must be the URL of a queue`)
  const ids = functions?.split(',') ?? []
  if (ids.some((id) => !SENDER_ID.test(id)))
    throw new UsageError('--functions: must be ids of roles, AROA..., with commas between them')
  if (stack && functions !== undefined)
    throw new UsageError('--functions: only with --from and --to; a stack names its own')
  if (stack && !from && !to) return { stackName: stack }
  if (from && to && stack === undefined) return { from, to, functions: new Set(ids) }
  throw new UsageError('say which queues: --stage NAME, or --from URL and --to URL')
}

const UNITS_MS: Record<string, number> = { m: 60_000, h: 60 * 60_000, d: DAY_MS }

function parseAge(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, number, unit = ''] = /^([1-9]\d{0,3})([mhd])$/.exec(text) ?? []
  if (number === undefined) throw new UsageError(`--${name}: must be an age, such as 30m, 12h or 3d`)
  return Number(number) * (UNITS_MS[unit] ?? 0)
}

function parseNumber(name: string, text: string | undefined): number | undefined {
  const number = parseCount(text ?? '')
  if (text !== undefined && number === undefined)
    throw new UsageError(`--${name}: must be a whole number from 1`)
  return number
}
