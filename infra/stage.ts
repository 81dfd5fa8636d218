import type { RetentionDays } from 'aws-cdk-lib/aws-logs'

/** The knobs of one deployment. Units are in the names. */
export type Stage = {
  /** `enforce` resets; `dry_run` only decides and logs. */
  mode: 'enforce' | 'dry_run'
  /** What Stytch may be asked in all, by every execution environment together. Agree it with Stytch: they publish no figure. */
  stytchRequestsPerSecond: number
  /** Execution environments of require-reset that run at once. The request budget is shared out among them. */
  maximumConcurrency: number
  /**
   * Whether require-reset keeps `maximumConcurrency` for itself, so that other functions of the account can't starve it.
   * AWS keeps 10 unreserved, and a new account has 10 in all.
   */
  reserveConcurrency: boolean
  /** The brake: an event with more members resets nobody and waits on the dead-letter queue for a human. */
  maxMembersPerEvent: number
  /** Of both functions. The queues' visibility timeout is six times as long. */
  functionTimeoutSeconds: number
  memoryMb: number
  /** How long one call to Stytch may take. */
  stytchTimeoutSeconds: number
  /** How long a member is tried again before it is dead-lettered. Stytch has had outages of two hours. */
  retryHorizonHours: number
  logRetentionDays: RetentionDays
  /** Whether ledger, keys and queues outlive the stack. Without the ledger everybody can be reset again. */
  retainData: boolean
}
