/** What can befall one request, or the process that makes it. */
export type FaultKind =
  /** The process dies and the request never leaves. */
  | 'crash before'
  /** The request has its effect, then the process dies. */
  | 'crash after'
  /** Answered with an error, without an effect. */
  | 'refused'
  /** The effect happens, the answer never comes. */
  | 'unanswered'
  /** Neither effect nor answer. */
  | 'swallowed'
  /** The SDK repeats a request whose answer was lost. */
  | 'sent twice'
  /** Half of the entries of a batch, or its only one, are not taken this time. */
  | 'partial'
  /** The first entry of a batch is the sender's fault: it will never be taken. */
  | 'never taken'
  | 'slow'
  /** 429, with or without Retry-After. */
  | 'throttled'
  /** The effect happens, the answer is a 200 that says nothing. */
  | 'unusable'
  /** The messages in work become visible again, and another environment receives them. */
  | 'delivered again'

const CRASH = ['crash before', 'crash after'] as const
const READ = [...CRASH, 'refused', 'slow', 'delivered again'] as const
const WRITE = [...READ, 'unanswered', 'partial'] as const
const SEND = [...WRITE, 'sent twice', 'never taken'] as const
const WAIT = ['crash before', 'delivered again'] as const
const ACKNOWLEDGE = [...READ, 'partial'] as const

/** Every await of both functions that something outside ends, in the order of the work, with what can happen there. */
export const FAULTS_AT = {
  'read quota': READ,
  'count members': [...READ, 'unanswered'],
  'write quota': [...READ, 'unanswered'],
  'send chunks': SEND,
  'send fan-out letters': SEND,
  'acknowledge event': ACKNOWLEDGE,
  'read secret': READ,
  'check sentinel': [...READ, 'unanswered'],
  'read page': [...READ, 'partial'],
  wait: WAIT,
  call: [...READ, 'unanswered', 'swallowed', 'throttled', 'unusable'],
  'write uncertain row': WRITE,
  'write reset row': WRITE,
  'send dead letters': SEND,
  'send remainder': SEND,
  'acknowledge chunk': ACKNOWLEDGE,
  'wait to send again': WAIT,
  'wait to read again': WAIT,
  'wait to write again': WAIT,
  'wait to count again': WAIT,
} as const satisfies Record<string, readonly FaultKind[]>

export type Step = keyof typeof FAULTS_AT
