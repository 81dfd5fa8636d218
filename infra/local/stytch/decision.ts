import type { Answer } from './answers.ts'
import type { RequestFault } from './faults.ts'
import type { CallEffect } from './password-book.ts'

/** A request as its endpoint understands it. */
export type Understood = {
  /** In lower case: whom it is about. A fault for one of these e-mails hits it. */
  emails: readonly string[]
  /** What the record of the request says besides. */
  named: { email?: string; organizationId?: string; memberId?: string; emails?: number }
  /** Some faults change what is true: whom a page names, or what a revocation ends. */
  decide(requestId: string, fault?: RequestFault): Decision
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
