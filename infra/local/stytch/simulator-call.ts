/** What a call did to the e-mail's password. A repeat on a password that already waits for a reset is `reset_required` again. */
export type CallEffect = 'deleted' | 'reset_required' | 'none'

/** One request as received, with what it really did, whatever the answer said. */
export type SimulatorCall = {
  /** When it was received, in ms. */
  at: number
  /** Lower-cased; '' when the body named none. */
  email: string
  organizationId?: string
  memberId?: string
  /** The status line sent; 0 when none was (yet), or when the client had gone. */
  status: number
  effect: CallEffect
  /** When the password that this call deleted had been set, in ms. */
  deletedPasswordSetAt?: number
  requestId: string
  /** The kind of fault that hit it; two are joined as `latency+html`. */
  fault?: string
}
