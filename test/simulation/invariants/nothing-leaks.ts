import type { Entry } from '../world/entry.ts'
import type { Story } from './story.ts'
import { VERBATIM } from './verbatim.ts'

const PLANTED = /canary|leak\.example/i
const STOLEN = 'canary-stolen-password'

/**
 * No e-mail, stolen password or secret is in a log line, a ledger row, a message attribute or a group id; and what the contract
 * does not know, such as a stolen password, is in no message but those kept as they came.
 */
export function nothingLeaks({ run }: Story): string[] {
  return run.journal
    .filter((entry) => outputsOf(entry).some((text) => PLANTED.test(text)) || goesFurther(entry))
    .map(({ what, at }) => `"${what}" at ${new Date(at).toISOString()} holds what must not be seen`)
}

function outputsOf(entry: Entry): string[] {
  if (entry.what === 'said') return [entry.text]
  if (entry.what === 'outcome') return [JSON.stringify(entry.line)]
  return entry.what === 'sent' ? [JSON.stringify(entry.attributes), entry.groupId ?? ''] : []
}

function goesFurther(entry: Entry): boolean {
  if (entry.what !== 'sent' || entry.queue === 'breach') return false
  return entry.body.includes(STOLEN) && !VERBATIM.includes(entry.attributes['failure-code'] ?? '')
}
