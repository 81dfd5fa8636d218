/**
 * What came back. `body` is undefined when it broke off or was over 1 MiB.
 * `unanswered`: the reset may have happened. `unreachable`: it can't have.
 */
export type Answer =
  | { kind: 'answered'; status: number; body: string | undefined; retryAfter: string | undefined }
  | { kind: 'unanswered'; code: 'timeout' | 'connection_lost' }
  | { kind: 'unreachable'; code: 'unreachable' }
