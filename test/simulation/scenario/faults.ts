/** What can go wrong with one request, or with the process that makes it. */
export type FaultKind =
  /** The process dies and the request is never sent. */
  | 'crash before'
  /** The request has its effect, then the process dies. */
  | 'crash after'
  /** Answered with an error, without an effect. */
  | 'refused'
  /** The effect happens, the answer never arrives. */
  | 'unanswered'
  /** Neither effect nor answer. */
  | 'swallowed'
  /** The SDK repeats a request whose answer was lost. */
  | 'sent twice'
  /** Half of the entries of a batch, or its only one, are not accepted this time. */
  | 'partial'
  /** The first entry of a batch is rejected as the sender's fault, and always would be. */
  | 'never accepted'
  | 'slow'
  /** 429, with or without Retry-After. */
  | 'throttled'
  /** The effect happens, the answer is a 200 without its fields. */
  | 'unusable'
  /** Refused with a 403 whose word is in no list. */
  | 'forbidden'
  /** A revocation is answered as if it had ended the sessions, and they go on. */
  | 'survives'
  /** A page names a member whom nobody asked for. */
  | 'stranger'
  /** The member is deleted just before the request arrives. */
  | 'deleted'
  /** The messages in flight become visible again, and another environment receives them. */
  | 'delivered again'

const CRASH = ['crash before', 'crash after'] as const
const READ = [...CRASH, 'refused', 'slow', 'delivered again'] as const
const WRITE = [...READ, 'unanswered', 'partial'] as const
const SEND = [...WRITE, 'sent twice', 'never accepted'] as const
const WAIT = ['crash before', 'delivered again'] as const
const ACKNOWLEDGE = [...READ, 'partial'] as const
const KEEP = [...READ, 'unanswered', 'swallowed'] as const
const CALL = [...READ, 'unanswered', 'swallowed', 'throttled', 'unusable'] as const

/** Every point at which one of the three functions waits for the outside, in the order of the work, with what can go wrong there. */
export const FAULTS_AT = {
  'read quota': READ,
  'count members': [...READ, 'unanswered'],
  'write quota': [...READ, 'unanswered'],
  'send chunks': SEND,
  'send fan-out dead letters': SEND,
  'keep rehearsed': SEND,
  'acknowledge event': ACKNOWLEDGE,
  'read secret': READ,
  'check sentinel': [...READ, 'unanswered'],
  'read page': [...READ, 'partial'],
  wait: WAIT,
  call: CALL,
  'note uncertain call': [...READ, 'unanswered'],
  'write reset row': WRITE,
  'send dead letters': SEND,
  'pass on': SEND,
  'send remainder': SEND,
  'acknowledge chunk': ACKNOWLEDGE,
  'read secret for sessions': READ,
  'check sentinel for sessions': [...READ, 'unanswered'],
  'read ended': [...READ, 'partial'],
  'wait for sessions': WAIT,
  'search organizations': [...CALL, 'forbidden'],
  'search members': [...CALL, 'forbidden', 'stranger'],
  revoke: [...CALL, 'forbidden', 'survives', 'deleted'],
  'read back': [...CALL, 'forbidden', 'deleted'],
  'write ended row': WRITE,
  'send session letters': SEND,
  'send session remainder': SEND,
  'acknowledge sessions': ACKNOWLEDGE,
  'put fact': KEEP,
  'read run': [...READ, 'swallowed'],
  'send outcome': [...KEEP, 'partial'],
  'wait to send again': WAIT,
  'wait to read again': WAIT,
  'wait to write again': WAIT,
  'wait to count again': WAIT,
} as const satisfies Record<string, readonly FaultKind[]>

export type Step = keyof typeof FAULTS_AT

/** Every step, in the order of the work. */
export const STEPS = Object.keys(FAULTS_AT) as Step[]

/** A fault at the nth time that a step is taken, counted from 0. */
export type PlannedFault = { step: Step; kind: FaultKind; nth: number }

/** What Stytch answers to everyone for a while; times in ms after the start. `at`: by which endpoint; left out: by all. */
export type Outage = {
  from: number
  lasts: number
  at?: 'reset' | 'search' | 'revoke' | 'read back' | undefined
  as:
    | 'server error'
    | 'html'
    | 'throttled'
    | 'unreachable'
    | 'hangs'
    | 'hangs after the effect'
    | 'refuses everybody'
    /** Only of searches: each page names a next one, a new one or always the same. */
    | 'pages never end'
    | 'pages in a circle'
}

/**
 * What goes wrong for a while with one of the members that a person is, `member` counted from 0; times in ms after the start.
 * `forgotten`: no search finds them. `fails`: their sessions can't be ended or read, as if only their organization were down.
 */
export type MemberTrouble = {
  person: number
  member: number
  from: number
  lasts: number
  as: 'forgotten' | 'fails'
}

/**
 * For a while AWS is slow, refuses or does not answer half of all requests, takes nine of ten batches only in part, or refuses every
 * request of some steps.
 */
export type Brownout = { from: number; lasts: number; as: 'mixed' | 'partial' | keyof typeof DOWN }

/** A request of these steps fails, or hangs, while that part of AWS is down. */
type Down = { steps: readonly Step[]; fault: 'refused' | 'swallowed' }
const refused = (...steps: readonly Step[]): Down => ({ steps, fault: 'refused' })
const hanging = (...steps: readonly Step[]): Down => ({ steps, fault: 'swallowed' })

/** What of AWS can be down. */
export const DOWN = {
  'ledger down': refused(
    ...(['check sentinel', 'read page', 'note uncertain call', 'write reset row'] as const),
    ...(['check sentinel for sessions', 'read ended', 'write ended row'] as const),
  ),
  'ledger read-only': refused('note uncertain call', 'write reset row', 'write ended row'),
  'secrets down': refused('read secret', 'read secret for sessions'),
  'dead-letter queue down': refused('send fan-out dead letters', 'send dead letters', 'send session letters'),
  'reset queue down': refused('send chunks', 'send remainder'),
  'sessions queue down': refused('pass on', 'send session remainder'),
  'progress table down': refused('put fact', 'read run'),
  'progress table hangs': hanging('put fact', 'read run'),
  'event bus down': refused('send outcome'),
  'event bus hangs': hanging('send outcome'),
} as const satisfies Record<string, Down>

/** For a while every process of a function dies soon after its invocation began. */
export type BadDeploy = { from: number; lasts: number; role: 'fan-out' | 'require-reset' | 'end-sessions' }

/** The wall clock of one execution environment is set, `by` ms forward or back. `environment`: how many living ones were invoked after it. */
export type ClockStep = {
  at: number
  by: number
  environment: number
  role: 'require-reset' | 'end-sessions'
}

/** Whether a fault that lasts is there, `since` ms after the start. */
export function isOngoing({ from, lasts }: { from: number; lasts: number }, since: number): boolean {
  return from <= since && since < from + lasts
}
