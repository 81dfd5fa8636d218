/**
 * What redriving a dead letter will do. `again`: tries the member again. `asks`: may repeat a reset that happened, and so
 * only when its code is named. `futile`: ends the same until somebody mends the message. `never`: the member was reset.
 */
export type Advice = { kind: 'again' | 'asks' | 'futile' | 'never'; sentence: string }

const ASKS = 'may have been reset: a redrive can delete a newer password. Look them up at Stytch first'
const FUTILE = 'comes back the same: have the producer mend it and send it anew, then delete it'

const ADVICE = new Map<string, Advice>([
  ...['invalid_response', 'response_mismatch', 'timeout', 'connection_lost'].map(
    (code) => [code, { kind: 'asks', sentence: ASKS }] as const,
  ),
  ...[
    ...['empty_body', 'not_json', 'nested_too_deep', 'too_many_envelopes', 'not_a_breach_event'],
    ...['unsupported_type', 'invalid_event', 'invalid_member', 'expired', 'unsendable'],
  ].map((code) => [code, { kind: 'futile', sentence: FUTILE }] as const),
  [
    'over_limit',
    { kind: 'futile', sentence: 'comes back the same until maxMembersPerEvent is raised and deployed' },
  ],
  ['in_future', { kind: 'again', sentence: 'is accepted once its time has come' }],
])

const AGAIN: Advice = {
  kind: 'again',
  sentence: 'is called again, unless the ledger has a reset since the breach',
}
const NEVER: Advice = { kind: 'never', sentence: 'was reset, and the ledger does not know: delete it' }

/** The advice for a dead letter by its attributes failure-code and failure-detail. One without a code was moved by SQS after five receives, or
 * could not be delivered by SNS or EventBridge. */
export function adviceFor(code: string | undefined, detail = ''): Advice {
  if (detail.includes('do not redrive')) return NEVER
  return ADVICE.get(code ?? '') ?? AGAIN
}
