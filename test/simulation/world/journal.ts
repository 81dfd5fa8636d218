import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Mode } from '../../../lib/contract/breach-event.ts'
import { personKey } from '../../../lib/ledger/ledger.ts'
import type { OutcomeLine } from '../../../lib/observability/observe.ts'
import type { FaultKind, Step } from '../scenario/faults.ts'
import type { PersonKind } from '../scenario/scenario.ts'

export type QueueName = 'breach' | 'reset' | 'sessions' | 'dead-letter' | 'rehearsed'
export type Role = 'fan-out' | 'require-reset' | 'end-sessions'
/** An endpoint of Stytch that end-sessions asks. */
export type Asked = 'search organizations' | 'search members' | 'revoke' | 'read back'

/** Something that happened in a run. People are named by number (`p3`), because the journal is printed. */
type Happening =
  | {
      what: 'sent'
      queue: QueueName
      message: string
      body: string
      attributes: Record<string, string>
      groupId: string | undefined
      delaySeconds: number
      /** An invocation, a producer, or a redrive. */
      by: string
      /** The second of two that one request made. */
      copy: boolean
    }
  | { what: 'moved to the dead-letter queue by SQS'; queue: QueueName; message: string }
  | {
      what: 'invoked'
      invocation: string
      role: Role
      environment: string
      fresh: boolean
      /** As the environment was deployed. */
      mode: Mode
      received: readonly { message: string; receives: number }[]
      deadline: number
      /** The wall clock of the environment. */
      clock: number
    }
  /** With what the ledger really held at that moment, whatever the answer said: last reset, and last unusable answer. */
  | {
      what: 'page read'
      invocation: string
      resets: readonly (readonly [string, number | undefined])[]
      unusable: readonly (readonly [string, number | undefined])[]
    }
  | {
      what: 'called'
      invocation: string
      environment: string
      call: number
      person: string
      project: string
      clock: number
    }
  | { what: 'reached Stytch'; call: number; effect: boolean }
  | { what: 'answered'; call: number; as: string; retryAfterMs: number | undefined }
  /** For which reset each person's sessions have ended, as the ledger really had it at that moment. */
  | { what: 'ended read'; invocation: string; ended: readonly (readonly [string, number | undefined])[] }
  | {
      what: 'asked'
      invocation: string
      environment: string
      ask: number
      endpoint: Asked
      people: readonly string[]
      /** Of a revocation or a read-back. */
      member: string | undefined
      project: string
      clock: number
    }
  /** `open`: when each session began that the member has now. */
  | { what: 'ask reached Stytch'; ask: number; revoked: number; open: readonly number[] }
  /** `shown`: when each session began that a read-back names. */
  | {
      what: 'ask answered'
      ask: number
      as: string
      retryAfterMs: number | undefined
      shown: readonly number[]
    }
  | {
      what: 'row stored'
      invocation: string
      person: string
      kind: string
      resetAt: number
      outcome: string
      /** Source and id of the event that the row names. */
      event: string
    }
  | { what: 'call noted'; invocation: string; person: string; kind: string; calledAt: number }
  /** `name`: under which the stage lists the source, or that of another count. What is given back is below zero. */
  | { what: 'counted'; invocation: string; name: string; members: number }
  | { what: 'remembered'; invocation: string; message: string }
  | { what: 'outcome'; invocation: string; line: OutcomeLine }
  | { what: 'measured'; invocation: string; name: 'ProgressLost' | 'RecordFailed' }
  /** A request about facts begins. */
  | { what: 'keeps facts'; invocation: string; step: Step }
  | { what: 'fact put'; invocation: string; item: Record<string, AttributeValue> }
  /** An outcome event is on the bus. */
  | { what: 'said'; invocation: string; bus: string; type: string; detail: string }
  /** A log line, or another output that must not hold personal data. */
  | { what: 'output'; text: string }
  | { what: 'fault' | 'brownout'; step: Step; fault: FaultKind }
  | { what: 'rejected by AWS'; step: Step; why: string }
  | { what: 'crashed'; environment: string; invocation: string | undefined; why: string }
  | { what: 'ended'; invocation: string; failures: readonly string[] }
  | { what: 'acknowledged'; invocation: string; messages: readonly string[] }
  | { what: 'clock set'; environment: string; by: number }
  | { what: 'chose a password'; person: string }
  | { what: 'signed in' | 'member deleted'; member: string }
  /** A session of `from` got its owner another one, as `member`. */
  | { what: 'session exchanged'; from: string; member: string }

/** `at` in ms since the epoch. */
export type Entry = Happening & { at: number }

export type Note = (happening: Happening) => void

export const LEDGER_KEY = 'canary-ledger-key-'.repeat(4)
export const PROJECT_ID = 'project-test-simulation'
export const OTHER_PROJECT_ID = 'project-test-of-somebody-else'

/** Under which names the members of the whole stage are counted, and canaries: no source has spaces. */
export const STAGE = 'stage all'
export const CANARIES = 'stage canaries'

/** Its canary is about nobody. */
export const CANARY_ID = 'simulation'
const CANARY_EMAIL = `breach-reset-canary-${CANARY_ID}@example.com`

/** A sign that Unicode, and no mail server, takes for a capital k. */
export const KELVIN = '\u212a'

export type People = ReturnType<typeof createPeople>

/** Creates people, who are known by number, by an e-mail address that must never be printed, and by the ledger's HMAC. */
export function createPeople(kinds: readonly PersonKind[]) {
  const emails = kinds.map((kind, index) =>
    kind === 'look-alike' ? `p${index - 1}.canary@lea${KELVIN}.example` : `p${index}.canary@leak.example`,
  )
  const named: [string, string][] = emails.map((email, index) => [email, `p${index}`])
  named.push([CANARY_EMAIL, 'nobody'])
  const byEmail = new Map(named)
  const byKey = new Map(named.map(([email, name]) => [personKey(LEDGER_KEY, PROJECT_ID, email), name]))
  return {
    emailOf: (person: number) => emails[person] ?? '',
    /** `p3`; undefined when the address is not one of theirs. */
    named: (email: unknown) =>
      typeof email === 'string'
        ? byEmail.get(email.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
        : undefined,
    keyed: (key: string) => byKey.get(key) ?? 'nobody known',
    /** The person who a member is. */
    ofMember: (memberId: string) => /p\d+$/.exec(memberId)?.[0] ?? 'nobody known',
  }
}
