import type { Rejection } from '../contract/rejection.ts'

/**
 * What keeps an event, or one member of it, from being sent. `code`: what its dead letter would say (docs/contract.md).
 * `field`: where, such as `data.members.3.email_address`. Never holds a value.
 */
export type Problem = { code: Rejection['code'] | 'invalid_member'; field: string; rule: string }
