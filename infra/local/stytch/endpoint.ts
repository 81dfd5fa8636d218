import type { Answer } from './answers.ts'
import type { CallEffect } from './password-book.ts'

export const ENDPOINTS = [
  'require_reset',
  'search_organizations',
  'search_members',
  'revoke',
  'read_back',
] as const
export type Endpoint = (typeof ENDPOINTS)[number]

/** A request as its endpoint understands it. */
export type Understood = {
  /** In lower case: whom it is about. A fault for one of these e-mails hits it. */
  emails: readonly string[]
  /** What the record of the request says besides. */
  named: { email?: string; organizationId?: string; memberId?: string; emails?: number }
  /** A fault may make a search name a stranger. */
  decide(requestId: string, fault?: { kind: string }): Decision
}

/** What Stytch would answer, and what it would do. Nothing has been done yet. */
export type Decision = { answer: Answer; carryOut(): Done }

/** What a request really did. */
export type Done = {
  effect?: CallEffect
  /** When the password that this call deleted had been set, in ms. */
  deletedPasswordSetAt?: number
  /** How many sessions this call ended. */
  revoked?: number
}

/** An answer that does nothing. */
export function onlyAnswer(answer: Answer): Decision {
  return { answer, carryOut: () => ({}) }
}
