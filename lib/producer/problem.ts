import type { Rejection } from '../contract/rejection.ts'

/**
 * What keeps an event, or members of it, from being sent. `code`: what its dead letter would say (docs/contract.md), and
 * `misplaced_key` for a key that would be dropped, and with it a limit to what the event does. `field`: where, such as
 * `data.members.3.email_address`. Never holds a value.
 */
export type Problem = {
  code: Rejection['code'] | 'invalid_member' | 'expired' | 'over_limit' | 'misplaced_key'
  field: string
  rule: string
}
