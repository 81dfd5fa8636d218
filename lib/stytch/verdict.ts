/**
 * What one answer means. `code` is Stytch's error_type or our own word; `unknown` says that the 4xx is none we know.
 * A `transient` verdict that is `uncertain`, and every `unusable` one, may have reset the password all the same.
 * `unauthorized`: the key was refused, which reading it again may mend.
 */
export type Verdict =
  | { kind: 'reset'; requestId: string | undefined }
  | { kind: 'no_password'; code: string; requestId: string | undefined }
  | { kind: 'not_found'; code: string; requestId: string | undefined }
  | { kind: 'refused'; code: string; requestId: string | undefined; unknown: boolean }
  | { kind: 'unusable'; code: 'invalid_response' | 'response_mismatch'; requestId: string | undefined }
  | {
      kind: 'transient'
      code: string
      requestId: string | undefined
      uncertain: boolean
      throttled: boolean
      retryAfterMs?: number
    }
  | { kind: 'configuration_fault'; code: string; requestId: string | undefined; unauthorized: boolean }
