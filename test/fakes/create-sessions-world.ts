import type { Config } from '../../functions/end-sessions/config.ts'
import { endSessionsBatch } from '../../functions/end-sessions/end-sessions-batch.ts'
import { createEnvironment, type Effects } from '../../functions/end-sessions/environment.ts'
import { type SessionsEvent, SessionsEventSchema } from '../../lib/contract/breach-event.ts'
import type { EndedRow } from '../../lib/ledger/ended-sessions.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import type { Answer, StytchRequest } from '../../lib/stytch/ask-stytch.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { createClock } from './create-clock.ts'
import { createProgress } from './create-progress.ts'
import { createRecorder } from './create-recorder.ts'
import { answers, toSqsEvent } from './create-reset-world.ts'
import { createMembers, type SessionsCall, toCall } from './create-stytch-members.ts'

const CONFIG: Config = {
  stage: 'test',
  mode: 'enforce',
  sessionsQueueUrl: 'sessions',
  deadLetterQueueUrl: 'dead-letter',
  ledgerTable: 'ledger',
  progressTable: 'progress',
  outcomeBus: 'outcomes',
  ledgerKeySecret: 'ledger-key',
  stytchSecret: 'stytch',
  stytchEnvironment: 'test',
  stytchBaseUrl: undefined,
  searchesPerMinute: 6000,
  revocationsPerSecond: 100,
  readBacksPerSecond: 100,
  callsInFlight: 15,
  functionTimeoutMs: 60_000,
  callTimeoutMs: 1000,
  settleReserveMs: 1000,
  retryHorizonMs: 24 * 3_600_000,
}

/**
 * The real end-sessions on a ledger, queues, a clock and a Stytch made of plain values. `stytch` answers a call in place of the members
 * and sessions that this Stytch has; undefined: they do.
 */
export function createSessionsWorld(options: { config?: Partial<Config>; effects?: Partial<Effects> } = {}) {
  const clock = createClock()
  const recorder = createRecorder()
  const progress = createProgress()
  const members = createMembers(clock)
  const rows = new Map<string, EndedRow>()
  const sent: Record<string, OutgoingMessage[]> = { sessions: [], 'dead-letter': [] }
  const calls: (SessionsCall & { at: number })[] = []
  const world = {
    secrets: {
      stytch: '{"project_id":"project-test-1","secret":"s"}',
      'ledger-key': 'k'.repeat(64),
    } as Record<string, string>,
    stytch: (_call: SessionsCall): Answer | undefined | Promise<Answer | undefined> => undefined,
  }
  const effects: Effects = {
    ...clock,
    random: () => 0.5,
    observe: recorder.observe,
    ...progress.effects,
    askStytch: async (request: StytchRequest, { secret }) => {
      const call = toCall(request)
      calls.push({ ...call, at: clock.now() })
      if (secret === 'wrong') return answers.error(401, 'unauthorized_credentials')
      return (await world.stytch(call)) ?? members.answer(call)
    },
    sendMessages: async (queueUrl, messages) => {
      sent[queueUrl]?.push(...messages)
      return { refused: [] }
    },
    readEnded: async (people) =>
      new Map(
        people.flatMap((person) => {
          const row = rows.get(person)
          return row ? [[person, row]] : []
        }),
      ),
    writeEnded: async (written) => {
      for (const row of written) rows.set(row.person, row)
    },
    checkSentinel: async () => 'same',
    readSecret: async (name) => world.secrets[name],
    ...options.effects,
  }
  const config = { ...CONFIG, ...options.config }
  const environment = createEnvironment(config, effects)

  /** `sentAt`: when the messages were sent, in ms since the epoch. */
  async function handle(
    events: readonly (SessionsEvent | string)[],
    remainingMs = config.functionTimeoutMs,
    sentAt = clock.now() - 1000,
  ) {
    const response = endSessionsBatch(environment, toSqsEvent(events, sentAt), remainingMs)
    await clock.run()
    return response
  }

  return Object.assign(world, {
    ...{ clock, recorder, progress, members, rows, sent, calls, handle, effects },
    /** The calls of one endpoint. */
    callsOf: (endpoint: SessionsCall['endpoint']) => calls.filter((call) => call.endpoint === endpoint),
    deferred: () =>
      (sent.sessions ?? []).map(({ body, delaySeconds, groupId }) => ({
        ...{ delaySeconds, groupId },
        event: SessionsEventSchema.parse(JSON.parse(body)),
      })),
    deadLetters: () =>
      (sent['dead-letter'] ?? []).map(({ body, attributes }) => ({ body: JSON.parse(body), attributes })),
  })
}

/** When the resets of sessionsEvent began. */
export const RESET_AT = '2026-11-20T11:59:30.000Z'

/** What require-reset passes on about people whom it reset half a minute before the clock's start. */
export function sessionsEvent(
  emails: readonly string[],
  overrides: Partial<SessionsEvent> = {},
): SessionsEvent {
  const event = breachEvent({
    data: { members: emails.map((email_address) => ({ email_address, reset_at: RESET_AT })) },
  })
  return {
    ...event,
    fence: '2026-11-20T11:59:00.000Z',
    sentat: '2026-11-20T11:59:10.000Z',
    attempts: 0,
    ...overrides,
  } as SessionsEvent
}
