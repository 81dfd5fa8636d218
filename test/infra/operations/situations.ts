import type { PutFact } from '../../../lib/progress/progress-table.ts'
import type { Metric } from '../../cloudwatch/metrics.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import type { Outage, PlannedFault } from '../../simulation/scenario/faults.ts'
import type { PersonKind } from '../../simulation/scenario/scenario.ts'
import { DAY, HOUR, MINUTE } from '../../simulation/scenario/scenario.ts'
import type { Client, Seams } from '../../simulation/world/boot.ts'
import { FIRST_SECRET } from '../../simulation/world/stytch.ts'
import type { World } from '../../simulation/world/world.ts'

/** Trouble begins, and an event with 100 members is sent, after ten quiet minutes in which the first canary comes through. */
export const BEGIN = 10 * MINUTE
/** Most troubles are over before the next canary. */
const OVER = 45 * MINUTE
export const MEMBERS = 100
/** So many within five minutes are unusual in the stage of these situations. */
export const USUAL = 150

export type Situation = {
  /** What goes wrong at Stytch from the beginning of the trouble on. */
  outage?: Omit<Outage, 'from'>
  faults?: PlannedFault[]
  people?: PersonKind[]
  seams?: Seams
  /** Happens when the trouble begins. */
  begin?: (world: World) => void
  /** From the beginning of the trouble on. Left out: an hour. */
  lasts?: number
  /** What only AWS counts, once, when the trouble begins. */
  aws?: Metric[]
  /** Every alarm that goes on, at any time. */
  on: string[]
  /** Those that go on more than once. Left out: none. */
  again?: string[]
  /** Those that are on at the end. Left out: none. */
  stay?: string[]
}

/** Whether the trouble has begun and is not over. */
function isOn({ timeline, startedAt }: World): boolean {
  const since = timeline.now() - startedAt - BEGIN
  return since >= 0 && since <= OVER
}

/** A client whose requests fail or hang during the trouble, if `isHit` says so. */
const troubled =
  (how: 'fails' | 'hangs', isHit: (input: Record<string, unknown>) => boolean) =>
  (client: Client, world: World): Client => ({
    send: (command) => {
      const { input } = command as { input: Record<string, unknown> }
      if (!isOn(world) || !isHit(input)) return client.send(command)
      return how === 'hangs' ? new Promise(() => {}) : Promise.reject(new Error('denied'))
    },
  })
const sendsTo =
  (how: 'fails' | 'hangs', role: string, queue: string): NonNullable<Seams['sqs']> =>
  (client, world, environment) =>
    environment.name.startsWith(role)
      ? troubled(how, ({ QueueUrl }) => QueueUrl === queue)(client, world)
      : client
const readsLedger = (how: 'fails' | 'hangs') => troubled(how, ({ RequestItems }) => isRead(RequestItems))
const isRead = (items: unknown) => JSON.stringify(items)?.includes('"Keys"') ?? false
const endSessionsReadsLedger =
  (how: 'fails' | 'hangs'): NonNullable<Seams['dynamoDB']> =>
  (client, world, environment) =>
    environment.name.startsWith('end-sessions') ? readsLedger(how)(client, world) : client

/** Stytch refuses these people for good. */
const refusing = (isRefused: (email: string) => boolean): Seams => ({
  resetEffects: (effects) => ({
    ...effects,
    requireReset: (member, credentials) =>
      isRefused(member.email_address)
        ? Promise.resolve(answers.error(400, 'invalid_email'))
        : effects.requireReset(member, credentials),
  }),
})
const TENTH = refusing((email) => /^p\d0\./.test(email))
/** Stytch refuses to log these people out. */
const TENTH_LOG_OUT: Seams = {
  endEffects: (effects) => ({
    ...effects,
    askStytch: (request, credentials) =>
      request.path.endsWith('/revoke') && /p\d0"/.test(JSON.stringify(request.body))
        ? Promise.resolve(answers.error(400, 'member_error'))
        : effects.askStytch(request, credentials),
  }),
}
function lookAtDeadLetters({ timeline, queues }: World): void {
  const letters = queues['dead-letter']
  for (const hours of [1, 2, 3]) timeline.after(hours * HOUR, () => letters.receive(10))
  timeline.after(3 * DAY + 2 * HOUR, () => letters.all().forEach(letters.remove))
}
const refuseTwice = ({ timeline, queues }: World): void => {
  const send = () => queues.breach.send({ by: 'a producer', body: '{}' })
  send()
  timeline.after(10 * MINUTE, send)
}
const ofAws = (service: string, name: string, dimensions: Metric['dimensions']): Metric => ({
  ...{ namespace: `AWS/${service}`, name, dimensions },
})
const THROTTLED_ONCE = ['FanOut', 'RequireReset', 'EndSessions'].map((FunctionName) =>
  ofAws('Lambda', 'Throttles', { FunctionName }),
)
const pause =
  (name: 'breach' | 'reset' | 'sessions', lasts = OVER) =>
  ({ queues, timeline }: World) => {
    queues[name].pause()
    timeline.after(lasts, queues[name].resume)
  }
/** On each queue waits the canary of the hour before the next one is paused. */
function pauseAll(world: World): void {
  for (const [hours, name] of (['sessions', 'reset', 'breach'] as const).entries())
    world.timeline.after(hours * HOUR, () => pause(name, 10.5 * DAY)(world))
}

const losingFacts = <Effects extends { putFact: PutFact }>(effects: Effects, world: World): Effects => ({
  ...effects,
  putFact: (...fact) => (isOn(world) ? Promise.reject(new Error('denied')) : effects.putFact(...fact)),
})

/** What can go wrong, and the alarms that go on then. */
export const SITUATIONS: Record<string, Situation> = {
  'all is well in a busy hour': {
    people: Array.from(
      { length: MEMBERS },
      (_, n) => (['member', 'member', 'stranger', 'no password'] as const)[n % 4] ?? 'member',
    ),
    faults: [
      { step: 'call', kind: 'throttled', nth: 20 },
      { step: 'call', kind: 'refused', nth: 40 },
    ],
    aws: [...THROTTLED_ONCE, ...THROTTLED_ONCE],
    on: [],
  },
  'two events are refused, ten minutes apart': {
    people: ['member'],
    begin: refuseTwice,
    on: ['DeadLetterQueueNotEmpty', 'EventsRefused'],
    again: ['EventsRefused'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'twice as many members as usual are received and reset': {
    people: Array(2 * MEMBERS).fill('member'),
    on: ['MembersReceivedHigh', 'MembersResetHigh'],
  },
  'Stytch knows nobody of a whole event': {
    people: Array(MEMBERS).fill('stranger'),
    on: ['FewAreMembers'],
  },
  'the account has no execution left, three times': {
    people: ['member'],
    aws: [...THROTTLED_ONCE, ...THROTTLED_ONCE, ...THROTTLED_ONCE],
    on: ['EndSessionsThrottles', 'FanOutThrottles', 'RequireResetThrottles'],
  },
  'EventBridge and SNS can not deliver': {
    people: ['member'],
    aws: [
      ofAws('Events', 'FailedInvocations', { EventBusName: 'security', RuleName: 'BreachEventRule' }),
      ofAws('Events', 'FailedInvocations', { RuleName: 'CanaryRule' }),
      ofAws('SNS', 'NumberOfNotificationsFailed', { TopicName: 'breaches' }),
    ],
    on: ['CanaryDeliveriesFailed', 'RuleDeliveriesFailed', 'TopicDeliveriesFailedbreaches'],
  },
  'Stytch refuses one member in ten': {
    seams: TENTH,
    on: ['DeadLetterQueueNotEmpty', 'SuccessRatioLow'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'dead letters are looked at three times, and left alone until they are deleted after three days': {
    seams: TENTH,
    begin: lookAtDeadLetters,
    lasts: 3 * DAY + 4 * HOUR,
    // The success ratio is low for a quarter of an hour only, and not when this test looks.
    on: ['DeadLetterNearExpiry', 'DeadLetterQueueNotEmpty'],
  },
  'fan-out is paused for an hour': {
    begin: pause('breach'),
    lasts: 70 * MINUTE,
    on: ['BreachQueueStuck'],
  },
  'require-reset is paused for an hour': {
    begin: pause('reset'),
    lasts: 70 * MINUTE,
    on: ['ResetQueueStuck'],
  },
  'end-sessions, require-reset and fan-out are paused for eleven days, an hour after each other': {
    begin: pauseAll,
    lasts: 11 * DAY,
    on: [
      ...['BreachQueueNearExpiry', 'BreachQueueStuck', 'NoCanary', 'ResetQueueNearExpiry', 'ResetQueueStuck'],
      ...['SessionsQueueNearExpiry', 'SessionsQueueStuck'],
    ],
  },
  'the key is replaced at Stytch and not in the secret, until it is put back': {
    begin: ({ stytch, timeline }) => {
      stytch.rotateSecret('another')
      timeline.after(OVER, () => stytch.rotateSecret(FIRST_SECRET))
    },
    lasts: 90 * MINUTE,
    on: ['ConfigurationFault', 'MembersWaiting'],
  },
  'one answer of 200 proves nothing': {
    faults: [{ step: 'call', kind: 'unusable', nth: 20 }],
    on: ['DeadLetterQueueNotEmpty', 'UnusableAnswers'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'Stytch throttles for an hour': {
    outage: { as: 'throttled', lasts: HOUR },
    lasts: 2 * HOUR,
    on: ['MembersWaiting', 'StytchThrottling', 'StytchUnavailable'],
  },
  'Stytch answers 500 for an hour': {
    outage: { as: 'server error', lasts: HOUR },
    lasts: 2 * HOUR,
    on: ['MembersWaiting', 'StytchUnavailable'],
  },
  'Stytch does not answer for an hour': {
    outage: { as: 'hangs', lasts: HOUR },
    lasts: 2 * HOUR,
    on: ['MembersWaiting', 'StytchUnavailable'],
  },
  'the ledger can not be read': {
    seams: { dynamoDB: readsLedger('fails') },
    lasts: 2 * HOUR,
    on: ['DependencyUnavailable', 'MembersWaiting'],
  },
  'events can not be forwarded': {
    seams: { sqs: sendsTo('fails', 'fan-out', 'reset') },
    on: ['DeadLetterQueueNotEmpty', 'FanOutRecordsFailing'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'dead letters can not be sent': {
    seams: { ...TENTH, sqs: sendsTo('fails', 'require-reset', 'dead-letter') },
    on: ['DeadLetterQueueNotEmpty', 'RequireResetRecordsFailing'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'end-sessions is paused for an hour': {
    begin: pause('sessions'),
    lasts: 90 * MINUTE,
    on: ['SessionsLate', 'SessionsQueueStuck'],
  },
  'Stytch refuses to log one member in ten out': {
    seams: TENTH_LOG_OUT,
    on: ['DeadLetterQueueNotEmpty', 'EndSessionsSuccessRatioLow'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'one read-back proves nothing': {
    faults: [{ step: 'read back', kind: 'unusable', nth: 20 }],
    on: ['EndSessionsUnusableAnswers'],
  },
  'searches fail for ten minutes': {
    outage: { at: 'search', as: 'server error', lasts: 10 * MINUTE },
    on: ['EndSessionsStytchUnavailable', 'SessionsLate'],
  },
  'log-outs are throttled for an hour': {
    outage: { at: 'revoke', as: 'throttled', lasts: HOUR },
    lasts: 2 * HOUR,
    on: ['EndSessionsStytchThrottling', 'EndSessionsStytchUnavailable', 'SessionsLate', 'SessionsWaiting'],
  },
  'log-outs are forbidden for an hour': {
    outage: { at: 'revoke', as: 'refuses everybody', lasts: HOUR },
    lasts: 2 * HOUR,
    on: ['EndSessionsConfigurationFault', 'SessionsLate', 'SessionsWaiting'],
  },
  'end-sessions can not read the ledger': {
    seams: { dynamoDB: endSessionsReadsLedger('fails') },
    lasts: 2 * HOUR,
    on: ['EndSessionsDependencyUnavailable', 'SessionsLate', 'SessionsWaiting'],
  },
  'dead letters of end-sessions can not be sent': {
    seams: { ...TENTH_LOG_OUT, sqs: sendsTo('fails', 'end-sessions', 'dead-letter') },
    on: ['DeadLetterQueueNotEmpty', 'EndSessionsRecordsFailing'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'end-sessions hangs': {
    seams: { dynamoDB: endSessionsReadsLedger('hangs') },
    on: ['DeadLetterQueueNotEmpty', 'EndSessionsErrors', 'EndSessionsTimeouts'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'fan-out hangs': {
    seams: { sqs: sendsTo('hangs', 'fan-out', 'reset') },
    on: ['DeadLetterQueueNotEmpty', 'FanOutErrors', 'FanOutTimeouts'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'require-reset hangs': {
    seams: { dynamoDB: readsLedger('hangs') },
    on: ['DeadLetterQueueNotEmpty', 'RequireResetErrors', 'RequireResetTimeouts'],
    stay: ['DeadLetterQueueNotEmpty'],
  },
  'facts can not be kept': {
    seams: { fanOutEffects: losingFacts, resetEffects: losingFacts, endEffects: losingFacts },
    on: ['EndSessionsProgressLost', 'FanOutProgressLost', 'RequireResetProgressLost'],
  },
}
