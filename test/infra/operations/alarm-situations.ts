import { countQueued } from '../../../cli/start/deliveries.ts'
import type { AwsCall, Interceptor } from '../../../infra/local/aws-endpoint.ts'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { resetEvent } from '../../fakes/create-reset-world.ts'
import { addCrowd, isDrained, send } from '../local/system/crowd.ts'
import { waitUntil } from '../local/system/wait-until.ts'

/** What really brings an alarm about: the faults, what is sent, and how long the trouble lasts. */
export type Situation = {
  alarms: string[]
  /** Brings it about; resolves when the functions have said what they say about it. */
  happen: (system: LocalSystem, name: string) => Promise<void>
  /** What the functions' requests to AWS meet meanwhile. */
  intercept?: (call: AwsCall, system: LocalSystem) => ReturnType<Interceptor>
  /** The alarm is looked at so much later, in ms. */
  later?: number
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const DENIED = { status: 400, errorType: 'AccessDeniedException' } as const

const crowd = async (system: LocalSystem, name: string, size = 20, failing = 0) =>
  send(system, addCrowd(system, name, { size, failing }).event)
const drained = (system: LocalSystem) => waitUntil('the queues to be drained', () => isDrained(system))
const allDeferred = (system: LocalSystem) =>
  waitUntil('all messages to be sent on', () => {
    const { delayed } = system.inspector.depth(system.queues.reset.url)
    return delayed > 0 && delayed === countQueued(system)
  })
const concerns = ({ body }: AwsCall, url: string) => (body as { QueueUrl?: string }).QueueUrl === url
const of = (call: AwsCall, name: string) => call.caller.startsWith(name)
const never = () => new Promise<'pass'>(() => {})

const deadLetters: Situation['happen'] = async (system, name) => {
  await crowd(system, name, 25, 5)
  await drained(system)
}
const onResetQueue: Situation['happen'] = async (system, name) => {
  await crowd(system, name)
  await allDeferred(system)
}
/** fan-out handles three records and can't forward any. */
const FORWARDING_FAILS: Pick<Situation, 'intercept' | 'happen'> = {
  intercept: async (call, { queues }) =>
    of(call, 'FanOut') && concerns(call, queues.reset.url) ? DENIED : 'pass',
  happen: async (system, name) => {
    for (const part of ['a', 'b', 'c']) await crowd(system, `${name}-${part}`, 1)
    await waitUntil(
      'three to be hidden',
      () => system.inspector.depth(system.queues.breach.url).inFlight === 3,
    )
  },
}
/** require-reset handles three records and can't dead-letter whom Stytch refuses. */
const DEAD_LETTERING_FAILS: Pick<Situation, 'intercept' | 'happen'> = {
  intercept: async (call, { queues }) =>
    of(call, 'RequireReset') && concerns(call, queues.deadLetter.url) ? DENIED : 'pass',
  happen: async (system, name) => {
    for (const part of ['a', 'b', 'c']) await crowd(system, `${name}-${part}`, 1, 1)
    await waitUntil(
      'three to be hidden',
      () => system.inspector.depth(system.queues.reset.url).inFlight === 3,
    )
  },
}
const withFault =
  (fault: Parameters<LocalSystem['stytch']['fault']>[0]): Situation['happen'] =>
  async (system, name) => {
    system.stytch.fault(fault)
    await onResetQueue(system, name)
  }

export const SITUATIONS: Record<string, Situation> = {
  'some members of a crowd are refused': {
    alarms: ['DeadLetterQueueNotEmpty', 'SuccessRatioLow'],
    happen: deadLetters,
  },
  'dead letters are left alone': { alarms: ['DeadLetterNearExpiry'], happen: deadLetters, later: 11 * DAY },
  'events are not forwarded for half an hour': {
    ...{ alarms: ['BreachQueueStuck'], later: 31 * MINUTE },
    ...FORWARDING_FAILS,
  },
  'events are not forwarded for days': {
    ...{ alarms: ['BreachQueueNearExpiry'], later: 11 * DAY },
    ...FORWARDING_FAILS,
  },
  'members are not settled for half an hour': {
    ...{ alarms: ['ResetQueueStuck'], later: 31 * MINUTE },
    ...DEAD_LETTERING_FAILS,
  },
  'members are not settled for days': {
    ...{ alarms: ['ResetQueueNearExpiry'], later: 11 * DAY },
    ...DEAD_LETTERING_FAILS,
  },
  'the key is refused': {
    alarms: ['ConfigurationFault'],
    happen: withFault({ kind: 'error', status: 401, errorType: 'unauthorized_credentials' }),
  },
  'a 200 proves nothing': {
    alarms: ['UnusableAnswers'],
    happen: async (system, name) => {
      system.stytch.fault({ kind: 'wrong_json', times: 1 })
      await crowd(system, name)
      await drained(system)
    },
  },
  'Stytch throttles': {
    alarms: ['StytchThrottling'],
    happen: withFault({ kind: 'throttle' }),
  },
  'Stytch is down': {
    alarms: ['StytchUnavailable'],
    happen: withFault({ kind: 'server_error' }),
  },
  'somebody has been tried for 40 minutes': {
    alarms: ['MembersWaiting'],
    happen: async (system, name) => {
      system.stytch.fault({ kind: 'server_error' })
      const firsttriedat = new Date(Date.now() - 40 * MINUTE).toISOString()
      await send(system, resetEvent([`${name}@x.example`], { firsttriedat, attempts: 4 }), 'reset')
      await allDeferred(system)
    },
  },
  'the ledger can not be read': {
    alarms: ['DependencyUnavailable'],
    intercept: async ({ action }) => (action === 'BatchGetItem' ? DENIED : 'pass'),
    happen: async (system, name) => {
      for (const part of ['a', 'b', 'c']) await crowd(system, `${name}-${part}`, 1)
      await allDeferred(system)
    },
  },
  'events can not be forwarded': { alarms: ['FanOutRecordsFailing'], ...FORWARDING_FAILS },
  'dead letters can not be sent': { alarms: ['RequireResetRecordsFailing'], ...DEAD_LETTERING_FAILS },
  'both functions hang': {
    alarms: ['FanOutTimeouts', 'FanOutErrors', 'RequireResetTimeouts', 'RequireResetErrors'],
    intercept: async (call, { queues }) => {
      const isForwarding = of(call, 'FanOut') && concerns(call, queues.reset.url)
      return isForwarding || (of(call, 'RequireReset') && call.service === 'dynamodb') ? never() : 'pass'
    },
    happen: async (system, name) => {
      await send(system, resetEvent([`${name}@x.example`]), 'reset')
      await crowd(system, name)
    },
  },
  'no event comes through': { alarms: ['NoCanary'], happen: async () => {} },
}

/** Everything works: people are reset, and the canary proves it. */
export async function allIsWell(system: LocalSystem): Promise<void> {
  await crowd(system, 'well')
  await send(system, canaryEvent(crypto.randomUUID(), new Date().toISOString()))
  await drained(system)
}
