import { explainCode } from './explain-code.ts'
import type { EndEntry, Followed } from './follow-event.ts'
import { type Depths, explainWaiting } from './waiting.ts'

/**
 * How a smoke check ended. `no_line`: the log said nothing in time; `not_checked`: a request of ours to AWS failed.
 * `proves`: the parts that worked. `passed` only when all of them did, which a dry run can't show.
 */
export type SmokeResult = {
  outcome: EndEntry['outcome'] | 'no_line' | 'not_checked'
  code: string
  passed: boolean
  proves: readonly string[]
  sentence: string
}

const TO_FAN_OUT = ['breach queue', 'fan-out']
const TO_REQUIRE_RESET = [...TO_FAN_OUT, 'reset queue', 'require-reset']
const WITHOUT_STYTCH = [...TO_REQUIRE_RESET, 'shape of the Stytch secret', 'ledger key', 'reading the ledger']
const TO_STYTCH = [...WITHOUT_STYTCH, 'Stytch host', 'Stytch key', 'password mode']
const TO_END_SESSIONS = [...TO_STYTCH, 'sessions queue', 'end-sessions']
const EVERYTHING = [...TO_END_SESSIONS, 'Stytch search']

const AFTERWARDS: Record<EndEntry['outcome'], string> = {
  reset: '',
  ended: '',
  skipped: '',
  dead_lettered: '. The event is on the dead-letter queue now: delete it (docs/runbook.md#redrive)',
  deferred:
    '. The event is tried again by itself, and is dead-lettered if that still fails at the retry horizon',
}

/** Judges the end that the log reports: by now nobody passes it on any more. `others`: what else was logged; a failure in the same invocation is the cause. */
export function judgeEnd(end: EndEntry, others: Followed['others']): SmokeResult {
  const { service, outcome, code } = end
  const causes = others.filter(({ kind, invocation }) => kind === 'failure' && invocation === end.invocation)
  const names = [...new Set(causes.map((cause) => cause.code))]
  const because = names.length > 0 ? ` (${names.join(', ')})` : ''
  return {
    outcome,
    code,
    passed:
      outcome === 'skipped' && code === (service === 'end-sessions' ? 'no_member_found' : 'not_a_member'),
    proves: provedBy(end),
    sentence: `${explainCode(code, service)}${because}${AFTERWARDS[outcome]}.`,
  }
}

function provedBy({ service, code }: EndEntry): readonly string[] {
  if (service === 'fan-out') return TO_FAN_OUT
  if (service === 'end-sessions') return code === 'no_member_found' ? EVERYTHING : TO_END_SESSIONS
  if (code === 'not_a_member') return TO_STYTCH
  return code === 'dry_run' ? WITHOUT_STYTCH : TO_REQUIRE_RESET
}

const SECTIONS: Record<string, string> = {
  'record failed': 'recordsfailing',
  'ledger unavailable': 'dependencyunavailable',
  'secret unavailable': 'dependencyunavailable',
  'secret or ledger unavailable': 'dependencyunavailable',
}

/**
 * Judges an event whose end the log did not report in time: by what else was logged since `sentAt`, and by the depths of the queues.
 * `isPassedOn`: require-reset is done with it, and end-sessions is not.
 */
export function judgeSilence(
  { others, isPassedOn }: Pick<Followed, 'others' | 'isPassedOn'>,
  sentAt: number,
  depths: { now: Depths | undefined; before: Depths | undefined },
): SmokeResult {
  const since = others.filter(
    ({ at, service }) => at >= sentAt && (service === 'end-sessions') === isPassedOn,
  )
  const stopped = since.findLast(({ kind }) => kind === 'stopped')
  const { code, sentence } = stopped
    ? { code: stopped.code, sentence: `calling was stopped: ${explainCode(stopped.code, stopped.service)}` }
    : explainWaiting(depths.now, depths.before, { isPassedOn })
  const failure = since.findLast((one) => one.kind === 'failure')
  const logged = failure
    ? `. Meanwhile ${failure.service} logged "${failure.message}" (${failure.code}): docs/runbook.md#${SECTIONS[failure.message] ?? 'functionerrors'}`
    : ''
  const proves = isPassedOn ? TO_STYTCH : []
  return { outcome: 'no_line', code, passed: false, proves, sentence: `${sentence}${logged}.` }
}
