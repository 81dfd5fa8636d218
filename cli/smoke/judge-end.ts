import { explainCode } from './explain-code.ts'
import type { Followed } from './follow-event.ts'
import type { SmokeResult } from './smoke-result.ts'

const TO_FAN_OUT = ['breach queue', 'fan-out']
const TO_REQUIRE_RESET = [...TO_FAN_OUT, 'reset queue', 'require-reset']
const WITHOUT_STYTCH = [...TO_REQUIRE_RESET, 'shape of the Stytch secret', 'ledger key', 'reading the ledger']
const EVERYTHING = [...WITHOUT_STYTCH, 'Stytch host', 'Stytch key', 'password mode']

type End = NonNullable<Followed['end']>

const AFTERWARDS: Record<End['outcome'], string> = {
  reset: '',
  skipped: '',
  dead_lettered: '. The event is on the dead-letter queue now: delete it (docs/runbook.md#redrive)',
  sent_on:
    '. The event is tried again by itself, and is dead-lettered if that still fails at the retry horizon',
}

/** Judges the end that the log tells. `others`: what was told besides; a failure in the same invocation is the cause. */
export function judgeEnd(end: End, others: Followed['others']): SmokeResult {
  const { outcome, code } = end
  const causes = others.filter(({ kind, invocation }) => kind === 'failure' && invocation === end.invocation)
  const names = [...new Set(causes.map((cause) => cause.code))]
  const because = names.length > 0 ? ` (${names.join(', ')})` : ''
  return {
    outcome,
    code,
    passed: outcome === 'skipped' && code === 'not_a_member',
    proves: provedBy(end),
    sentence: `${explainCode(code)}${because}${AFTERWARDS[outcome]}.`,
  }
}

function provedBy({ service, code }: End): readonly string[] {
  if (service === 'fan-out') return TO_FAN_OUT
  if (code === 'not_a_member') return EVERYTHING
  return code === 'dry_run' ? WITHOUT_STYTCH : TO_REQUIRE_RESET
}
