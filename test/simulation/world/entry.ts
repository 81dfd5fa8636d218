import type { OutcomeLine } from '../../../lib/observability/outcome-line.ts'
import type { FaultKind, Step } from '../scenario/faults-at.ts'

export type QueueName = 'breach' | 'reset' | 'dead-letter'

/** A message as an invocation received it. */
export type Received = { message: string; receives: number }

/** Something that happened in a run. People are named by number (`p3`), as the journal is printed. */
export type Happening =
  | {
      what: 'sent'
      queue: QueueName
      message: string
      body: string
      attributes: Record<string, string>
      groupId: string | undefined
      delaySeconds: number
      /** The invocation, or who else. */
      by: string
      /** The second of two that one request made. */
      copy: boolean
    }
  | { what: 'moved to the dead-letter queue by SQS'; queue: QueueName; message: string }
  | {
      what: 'invoked'
      invocation: string
      role: 'fan-out' | 'require-reset'
      environment: string
      fresh: boolean
      received: readonly Received[]
      deadline: number
    }
  /** With what was in the ledger at that moment, whatever the answer said. */
  | { what: 'page read'; invocation: string; resets: readonly (readonly [string, number | undefined])[] }
  | { what: 'called'; invocation: string; environment: string; call: number; person: string }
  | { what: 'reached Stytch'; call: number; effect: boolean }
  | { what: 'answered'; call: number; as: string; retryAfterMs: number | undefined }
  | {
      what: 'row stored'
      invocation: string
      person: string
      kind: string
      resetAt: number
      outcome: string
    }
  /** Under a name of the stage's sources. */
  | { what: 'counted'; invocation: string; name: string; members: number }
  | { what: 'remembered'; invocation: string; message: string }
  | { what: 'outcome'; invocation: string; line: OutcomeLine }
  | { what: 'said'; text: string }
  | { what: 'fault' | 'brownout'; step: Step; fault: FaultKind }
  | { what: 'never taken by AWS'; step: Step; why: string }
  | { what: 'crashed'; environment: string; invocation: string | undefined; why: string }
  | { what: 'ended'; invocation: string; failures: readonly string[] }
  | { what: 'acknowledged'; invocation: string; messages: readonly string[] }
  | { what: 'chose a password'; person: string }

/** `at` in ms since the epoch. */
export type Entry = Happening & { at: number }
