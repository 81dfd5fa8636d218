import type { SQSEvent } from 'aws-lambda'
import type { Config } from '../../functions/require-reset/config.ts'
import { createEnvironment, type Effects } from '../../functions/require-reset/environment.ts'
import { resetBatch } from '../../functions/require-reset/reset-batch.ts'
import { type ResetEvent, ResetEventSchema } from '../../lib/contract/breach-event.ts'
import type { ResetRow, UncertainCall } from '../../lib/ledger/ledger.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import type { Answer } from '../../lib/stytch/ask-stytch.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { createClock } from './create-clock.ts'
import { createProgress } from './create-progress.ts'
import { createRecorder } from './create-recorder.ts'

const LEDGER_KEY = 'k'.repeat(64)

export const CONFIG: Config = {
  stage: 'test',
  mode: 'enforce',
  resetQueueUrl: 'reset',
  sessionsQueueUrl: undefined,
  deadLetterQueueUrl: 'dead-letter',
  ledgerTable: 'ledger',
  progressTable: 'progress',
  outcomeBus: 'outcomes',
  ledgerKeySecret: 'ledger-key',
  stytchSecret: 'stytch',
  stytchEnvironment: 'test',
  stytchBaseUrl: undefined,
  requestsPerSecond: 100,
  callsInFlight: 15,
  maxUnrecorded: 25,
  functionTimeoutMs: 60_000,
  callTimeoutMs: 1000,
  settleReserveMs: 1000,
  retryHorizonMs: 24 * 3_600_000,
}

/** The real require-reset on a ledger, queues, a clock and a Stytch made of plain values. `stytch` answers a call by its e-mail. */
export function createResetWorld(options: { config?: Partial<Config>; effects?: Partial<Effects> } = {}) {
  const clock = createClock()
  const recorder = createRecorder()
  const progress = createProgress()
  const ledger = createLedger()
  const { rows, uncertain } = ledger
  const sent: Record<string, OutgoingMessage[]> = { reset: [], 'dead-letter': [] }
  const calls: { email: string; at: number; memberId?: string | undefined }[] = []
  const world = {
    secrets: { stytch: '{"project_id":"project-test-1","secret":"s"}', 'ledger-key': LEDGER_KEY } as Record<
      string,
      string
    >,
    stytch: (_email: string, _memberId?: string): Answer | Promise<Answer> => answers.reset(),
  }
  const effects: Effects = {
    ...clock,
    random: () => 0.5,
    observe: recorder.observe,
    ...progress.effects,
    requireReset: async (member, { secret }) => {
      calls.push({ email: member.email_address, at: clock.now(), memberId: member.member_id })
      return secret === 'wrong'
        ? answers.error(401, 'unauthorized_credentials')
        : world.stytch(member.email_address, member.member_id)
    },
    sendMessages: async (queueUrl, messages) => {
      sent[queueUrl]?.push(...messages)
      return { refused: [] }
    },
    ...ledger.effects,
    checkSentinel: async () => 'same',
    readSecret: async (name) => world.secrets[name],
    ...options.effects,
  }
  const config = { ...CONFIG, ...options.config }
  const environment = createEnvironment(config, effects)

  /** `sentAt`: when the messages were sent, in ms since the epoch. */
  async function handle(
    events: readonly (ResetEvent | string)[],
    remainingMs = config.functionTimeoutMs,
    sentAt = clock.now() - 1000,
  ) {
    const response = resetBatch(environment, toSqsEvent(events, sentAt), remainingMs)
    await clock.run()
    return response
  }

  return Object.assign(world, {
    clock,
    recorder,
    ledger,
    progress,
    rows,
    uncertain,
    sent,
    calls,
    handle,
    effects,
    deferred,
    deadLetters,
  })

  function deferred() {
    return (sent.reset ?? []).map(({ body, delaySeconds, groupId }) => ({
      delaySeconds,
      groupId,
      event: ResetEventSchema.parse(JSON.parse(body)),
    }))
  }

  function deadLetters() {
    return (sent['dead-letter'] ?? []).map(({ body, attributes }) => ({ body: JSON.parse(body), attributes }))
  }
}

function toPersonRow({ at, outcome, source, eventId }: Partial<ResetRow> = {}) {
  return { resetAt: at, outcome, source, eventId }
}

/** A ledger that forgets an uncertain call when its person is reset, as the real one does. */
function createLedger() {
  const rows = new Map<string, ResetRow>()
  const uncertain = new Map<string, UncertainCall>()
  const effects: Pick<Effects, 'readRows' | 'writeResets' | 'writeUncertain'> = {
    readRows: async (people) =>
      new Map(
        people.map((person) => {
          const call = uncertain.get(person)
          return [person, { ...toPersonRow(rows.get(person)), ...(call && { [call.kind]: call }) }]
        }),
      ),
    writeResets: async (written) => {
      for (const row of written) {
        rows.set(row.person, row)
        uncertain.delete(row.person)
      }
    },
    writeUncertain: async (call) => void uncertain.set(call.person, call),
  }
  return { rows, uncertain, effects }
}

export const answers = {
  reset: (): Answer => answers.json(200, { status_code: 200, request_id: 'request-1' }),
  error: (status: number, error_type: string, retryAfter?: string): Answer =>
    answers.json(status, { status_code: status, request_id: 'request-1', error_type }, retryAfter),
  json: (status: number, body: unknown, retryAfter?: string): Answer => ({
    kind: 'answered',
    status,
    body: JSON.stringify(body),
    retryAfter,
  }),
  timeout: (): Answer => ({ kind: 'unanswered', code: 'timeout' }),
}

/** A chunk as fan-out sends it, fence one minute before the clock's start. */
export function resetEvent(emails: readonly string[], overrides: Partial<ResetEvent> = {}): ResetEvent {
  const event = breachEvent({
    data: { members: emails.map((email_address) => ({ email_address })) },
  })
  return { ...event, fence: '2026-11-20T11:59:00.000Z', attempts: 0, ...overrides } as ResetEvent
}

/** The event of an invocation with a record for each message, all sent at `sentAt`, in ms since the epoch. */
export function toSqsEvent(messages: readonly (object | string)[], sentAt: number): SQSEvent {
  const records = messages.map((message, index) => ({
    messageId: `m${index}`,
    body: typeof message === 'string' ? message : JSON.stringify(message),
    attributes: { SentTimestamp: String(sentAt) },
  }))
  return { Records: records } as unknown as SQSEvent
}
