import { explainCode } from './explain-code.ts'
import { explainWaiting } from './explain-waiting.ts'
import type { Followed } from './follow-event.ts'
import type { Depths } from './read-depths.ts'
import type { SmokeResult } from './smoke-result.ts'

const SECTIONS: Record<string, string> = {
  'record failed': 'recordsfailing',
  'ledger unavailable': 'dependencyunavailable',
  'secret unavailable': 'dependencyunavailable',
  'secret or ledger unavailable': 'dependencyunavailable',
}

/** Judges an event of which the log told nothing in time: by what else was logged since `sentAt`, and by the depths of the queues. */
export function judgeSilence(
  others: Followed['others'],
  sentAt: number,
  depths: { now: Depths | undefined; before: Depths | undefined },
): SmokeResult {
  const since = others.filter(({ at }) => at >= sentAt)
  const stopped = since.findLast(({ kind }) => kind === 'stopped')
  const { code, sentence } = stopped
    ? { code: stopped.code, sentence: `calling was stopped: ${explainCode(stopped.code)}` }
    : explainWaiting(depths.now, depths.before)
  const failure = since.findLast((one) => one.kind === 'failure')
  const logged = failure
    ? `. Meanwhile ${failure.service} logged "${failure.message}" (${failure.code}): docs/runbook.md#${SECTIONS[failure.message] ?? 'functionerrors'}`
    : ''
  return { outcome: 'no_line', code, passed: false, proves: [], sentence: `${sentence}${logged}.` }
}
