import { ruleOf } from './rule-of.ts'
import type { Invocation, Message, Story } from './story.ts'

const TOLERANCE_MS = 300_000
/** An hour, and the two minutes by which it errs. */
const HOUR_MS = 62 * 60_000
const NOT_THE_MEMBERS = /^4(01|29)/
const GIVEN_UP = ['still failing when the retry horizon ended', 'was reset at']

/**
 * The reason of every dead letter is true: expired, over a limit, not allowed, unreadable, refused by Stytch with that very answer, or tried
 * for the whole retry horizon. So nobody who could be reset is put aside.
 */
export function lettersTellTheTruth({ run, invocations }: Story): string[] {
  const { stage } = run.deployment
  const isRefusing = run.journal.some(
    ({ what, ...more }) => what === 'fault' && 'fault' in more && more.fault === 'never taken',
  )
  return [...invocations.values()].flatMap((invocation) =>
    invocation.sent
      .filter((letter) => letter.queue === 'dead-letter' && !isTrue(letter, invocation))
      .map(({ message, attributes }) => `${message} says ${attributes['failure-code']}, which is not so`),
  )

  function isTrue(letter: Message, invocation: Invocation): boolean {
    const { attributes, json, at, bad, rows } = letter
    const members = json?.data.members.length ?? 0
    const rule = ruleOf(run, json)
    switch (attributes['failure-code']) {
      case 'expired':
        return Date.parse(json?.expirytime ?? '') < at
      case 'over_limit':
        return members > (rule?.most ?? 0)
      case 'source_not_allowed':
        return rule === undefined
      case 'mode_not_allowed':
        return rule?.isDry === true && json?.data.mode === 'enforce'
      case 'over_hourly_limit':
        return members + countedSince(rule?.name, at - HOUR_MS) > (rule?.mostPerHour ?? 0)
      case 'invalid_member':
        return bad === 1 && rows.size === 0
      case 'in_future':
        return Date.parse(json?.time ?? '') > invocation.at + TOLERANCE_MS
      case 'not_json':
        return json === undefined
      case 'unsendable':
        return isRefusing
      default:
        return isAnsweredSo(letter, invocation) || isGivenUp(letter, invocation)
    }
  }

  function countedSince(name: string | undefined, since: number): number {
    const counted = [...invocations.values()].flatMap((invocation) => invocation.counted)
    const recent = counted.filter((one) => one.name === name && one.at >= since)
    return recent.reduce((sum, one) => sum + one.members, 0)
  }

  function isGivenUp({ attributes, json, rows, at }: Message, { messages }: Invocation): boolean {
    const [person = ''] = rows.keys()
    const since = messages
      .filter((origin) => origin.json?.id === json?.id && origin.rows.has(person))
      .map((origin) => Date.parse(origin.json?.firsttriedat ?? ''))
    const isOld = since.some((tried) => at - tried >= stage.retryHorizonHours * 3_600_000)
    return isOld && GIVEN_UP.some((start) => attributes['failure-detail']?.startsWith(start))
  }
}

/** "Not found" is only so when each of the person's rows was tried. */
function isAnsweredSo({ attributes, json, rows }: Message, { calls, messages }: Invocation): boolean {
  const [person = ''] = rows.keys()
  const { 'failure-code': code = '' } = attributes
  const answers = calls.filter((call) => call.person === person).map(({ answered }) => answered?.as ?? '')
  const same = answers.filter((as) => codeOf(as) === code && !NOT_THE_MEMBERS.test(as))
  if (!code.endsWith('not_found')) return same.length > 0
  const origins = messages.filter((origin) => origin.json?.id === json?.id && origin.rows.has(person))
  const untried = Math.min(...origins.map((origin) => origin.rows.get(person)?.length ?? 0))
  return same.length > 0 && answers.filter((as) => as.endsWith('not_found')).length >= untried
}

function codeOf(as: string): string | undefined {
  return as === 'unusable' ? 'invalid_response' : /^4\d\d (\w+)$/.exec(as)?.[1]
}
