import type { Endpoint } from './endpoint.ts'
import type { CallEffect } from './password-book.ts'

/** One request as received, with what it really did, whatever the answer said. */
export type SimulatorCall = {
  /** When it was received, in ms. */
  at: number
  /** In lower case; '' when the body named none. */
  email: string
  organizationId?: string
  memberId?: string
  /** The status line sent; 0 when none was sent (yet), or when the client had gone. */
  status: number
  effect: CallEffect
  /** When the password that this call deleted had been set, in ms. */
  deletedPasswordSetAt?: number
  requestId: string
  /** The kind of fault that hit it; two are joined as `latency+html`. */
  fault?: string
}

/** One request that finds members, or shows or ends their sessions, with what it really did, whatever the answer said. */
export type SessionCall = Pick<SimulatorCall, 'at' | 'status' | 'requestId' | 'fault' | 'memberId'> & {
  endpoint: Exclude<Endpoint, 'require_reset'>
  /** How many e-mails a search named. */
  emails?: number
  /** How many sessions a revocation ended. */
  revoked?: number
}
