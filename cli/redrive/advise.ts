/**
 * What redriving a dead letter will do. `again`: tries the member again. `asks`: may repeat a reset that happened, and so
 * only when its code is named. `futile`: ends the same until somebody mends the message. `never`: the member was reset.
 */
export type Advice = { kind: 'again' | 'asks' | 'futile' | 'never'; sentence: string }

const AGAIN: Advice = {
  kind: 'again',
  sentence: 'is called again, unless the ledger has a reset since the breach',
}
const ASKS: Advice = {
  kind: 'asks',
  sentence: 'may have been reset: a redrive can delete a newer password. Look them up at Stytch first',
}
const NEVER: Advice = { kind: 'never', sentence: 'was reset, and the ledger does not know: delete it' }
const FUTILE: Advice = {
  kind: 'futile',
  sentence: 'comes back the same: have the producer mend it and send it anew, then delete it',
}

const BY_CODE = new Map<string, Advice>([
  ['canary', { ...FUTILE, sentence: 'a canary that failed, about nobody: mend the cause, then delete it' }],
  ['in_future', { kind: 'again', sentence: 'is accepted once its time has come' }],
  [
    'over_limit',
    { ...FUTILE, sentence: 'comes back the same until maxMembersPerEvent is raised and deployed' },
  ],
  [
    'source_not_allowed',
    { ...FUTILE, sentence: 'comes back the same until sources names its source and is deployed' },
  ],
  [
    'mode_not_allowed',
    { ...FUTILE, sentence: 'comes back the same until highestMode of its source is raised and deployed' },
  ],
  [
    'over_hourly_limit',
    {
      kind: 'again',
      sentence: 'is counted again: comes back unless its source has room for it in this hour',
    },
  ],
])
for (const code of ['invalid_response', 'response_mismatch', 'timeout', 'connection_lost'])
  BY_CODE.set(code, ASKS)
for (const code of [
  ...['empty_body', 'not_json', 'nested_too_deep', 'too_many_envelopes', 'not_a_breach_event'],
  ...['unsupported_type', 'invalid_event', 'invalid_member', 'expired', 'unsendable'],
  ...['email_not_found', 'member_not_found', 'organization_not_found'],
])
  BY_CODE.set(code, FUTILE)

/**
 * The advice for a dead letter by its failure-code, its failure-detail, and its member rows: those of a letter that SQS
 * moved, which has neither, may still say that a reset is owed to the ledger, or that a call was not answered.
 */
export function advise(code: string | undefined, detail = '', rows: readonly unknown[] = []): Advice {
  const isOwed = (row: unknown) => says(row, 'owed')
  if (detail.includes('do not redrive') || (rows.length > 0 && rows.every(isOwed))) return NEVER
  const isOpen = (row: unknown) => isOwed(row) || says(row, 'uncertain')
  if (detail.includes('may have happened') || rows.some(isOpen)) return ASKS
  return BY_CODE.get(code ?? '') ?? AGAIN
}

function says(row: unknown, name: string): boolean {
  return typeof row === 'object' && row !== null && Object.hasOwn(row, name)
}
