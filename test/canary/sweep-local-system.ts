import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { Duration } from 'aws-cdk-lib/core'
import { type LocalSystem, startLocalSystem } from '../../infra/local/local-system.ts'
import { toStage } from '../../infra/stage.ts'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { waitUntil } from '../infra/local/system/wait-until.ts'
import { MEMBER, MEMBER_ID, STRANGER } from '../leaks/planted.ts'
import { wordsIn } from './documented-words.ts'
import { FAN_OUT_BODIES, SOURCES } from './fan-out-bodies.ts'
import { addLine, addMessages, addProgress, type Outputs } from './outputs.ts'
import { sweepProgress } from './sweep-progress.ts'
import { type Refusals, type Step, SYSTEM_STEPS } from './system-steps.ts'

const STAGE = toStage({
  mode: 'enforce',
  stytchEnvironment: 'test',
  stytchRequestsPerSecond: 2000,
  maximumConcurrency: 2,
  maxMembersPerEvent: 30,
  // Time for three tries that each time out.
  functionTimeout: Duration.seconds(10),
  memorySize: 512,
  stytchTimeout: Duration.seconds(1),
  retryHorizon: Duration.hours(24),
  endSessions: true,
  sessionSearchesPerMinute: 6_000,
  sessionsWindow: Duration.seconds(1),
  logRetention: 14,
  retainData: false,
  sources: SOURCES,
  outcomes: { eventBus: 'swept' },
})

/**
 * Boots the local system, takes the bodies through fan-out, and the member through every step of require-reset and end-sessions, once before and
 * once past the retry horizon. Adds everything that comes out. Resolves to the secrets of the run.
 */
export async function sweepLocalSystem(outputs: Outputs) {
  const swept = await bootSystem(outputs)
  const { system } = swept
  try {
    await sweep(swept, outputs)
    await addStores(system, outputs)
    await sweepProgress(system, outputs)
    return { credentials: system.credentials, ledgerKey: system.ledger.key }
  } finally {
    await system.stop()
  }
}

async function sweep({ system, refusals, renew }: Swept, outputs: Outputs): Promise<void> {
  const { breach, reset, sessions = reset } = system.queues
  const { organizationId } = system.stytch.addOrganization()
  system.stytch.addMember({ email: MEMBER, memberId: MEMBER_ID, organizationId })
  system.stytch.addMember({ email: STRANGER, organizationId })
  await take(
    'expired',
    FAN_OUT_BODIES.map(([, body]) => body),
  )
  let wasFresh = false
  for (const step of SYSTEM_STEPS) {
    system.stytch.setPassword(MEMBER)
    await step.arrange?.({ system, refusals })
    if (step.fresh || wasFresh) await renew()
    wasFresh = step.fresh ?? false
    if (step.sessionsOf === undefined) await takeMember(step)
    else await takeSessions(step.word, step.sessionsOf)
    system.stytch.settings.searchLagMs = 0
  }
  outputs.add('error that leaves a function', await system.functions.requireReset.invoke({}))

  async function takeMember({ word, event = {} }: Step): Promise<void> {
    const now = new Date().toISOString()
    const data = { members: [{ email_address: MEMBER }], ...Object(event).data }
    const early = breachEvent({ id: randomUUID(), time: now, ...event, data })
    const late = { ...early, fence: now, attempts: 9, firsttriedat: '2001-01-01T00:00:00Z' }
    await put(reset.url, [JSON.stringify(late)])
    await take(word, [JSON.stringify(early)])
  }

  /** So many attempts that who is deferred stays on the queue until the end, and few enough that a search which finds nobody is repeated. */
  async function takeSessions(word: string, reset_at: string): Promise<void> {
    const members = [{ email_address: MEMBER, reset_at }]
    const fence = new Date().toISOString()
    const early = { ...breachEvent({ id: randomUUID(), data: { members } }), fence, attempts: 5 }
    const late = { ...early, attempts: 9, firsttriedat: '2001-01-01T00:00:00Z' }
    await take(
      word,
      [late, early].map((event) => JSON.stringify(event)),
      sessions,
    )
  }

  /** Puts bodies on a queue. Resolves when the log has named the word and no function is at work any more. */
  async function take(word: string, sent: readonly string[], queue = breach): Promise<void> {
    const before = outputs.texts('log line').length
    await put(queue.url, sent)
    await waitUntil(`"${word}" in the log`, () =>
      wordsIn({
        texts: (name) => (name === 'log line' ? outputs.texts(name).slice(before) : []),
      }).has(word),
    )
    if (word === 'record failed') {
      refusals.clear()
      letTimePass(system)
    }
    // A record that failed because this machine is busy would come back only after its visibility timeout, a minute.
    await waitUntil('queues without work', () => isIdle(system), 10_000).catch(() => letTimePass(system))
    await waitUntil('queues without work', () => isIdle(system))
    refusals.clear()
    system.stytch.clearFaults()
  }

  async function put(url: string, sent: readonly string[]): Promise<void> {
    const queue = { sqs: system.sqs, sleep, random: Math.random }
    await sendMessages(
      queue,
      url,
      sent.map((body) => ({ body })),
    )
  }
}

function workQueues({ queues: { breach, reset, sessions = reset } }: LocalSystem): string[] {
  return [breach.url, reset.url, sessions.url]
}

function isIdle(system: LocalSystem): boolean {
  return workQueues(system).every((url) => {
    const { visible, inFlight } = system.inspector.depth(url)
    return visible + inFlight === 0
  })
}

function letTimePass(system: LocalSystem): void {
  for (const url of workQueues(system)) system.inspector.letTimePass(url)
}

type Swept = Awaited<ReturnType<typeof bootSystem>>

/**
 * Boots the local system and adds what its functions write and answer. `renew` has every execution environment of require-reset
 * killed before its response is accepted: the next ones read their secrets anew.
 */
async function bootSystem(outputs: Outputs) {
  const refusals: Refusals = new Map()
  let dropsResponses = false
  const system = await startLocalSystem({
    stageName: 'local',
    stage: STAGE,
    onLog: (line) => addLine(outputs, line),
    onBatch: ({ result }) => outputs.add('response of a function', result),
    intercept: async ({ action, caller }) => {
      const [name = ''] = caller.split(/[0-9A-F]{8}$/)
      const refusal = refusals.get(action) ?? refusals.get(`${name}:${action}`)
      return refusal && /^(FanOut|RequireReset)/.test(caller) ? { status: 400, ...refusal } : 'pass'
    },
    beforeResponse: async () => (dropsResponses ? 'drop' : 'pass'),
  })

  async function renew(): Promise<void> {
    const { requireReset } = system.functions
    dropsResponses = true
    while (requireReset.running() > 0) await requireReset.invoke({ Records: [] })
    dropsResponses = false
  }

  return { system, refusals, renew }
}

/** Adds what the tables, the event bus and the queues hold. */
async function addStores(system: LocalSystem, outputs: Outputs): Promise<void> {
  const { TableNames = [] } = await system.dynamoDB.send(new ListTablesCommand())
  for (const TableName of TableNames) {
    const { Items = [] } = await system.dynamoDB.send(new ScanCommand({ TableName }))
    for (const item of Items) outputs.add('row of a table', item)
  }
  addProgress(outputs, { items: [], events: system.bus.events() })
  addMessages(outputs, 'reset', system.inspector.messages(system.queues.reset.url))
  const { sessions } = system.queues
  if (sessions) addMessages(outputs, 'sessions', system.inspector.messages(sessions.url))
  addMessages(outputs, 'dead-letter', system.inspector.messages(system.queues.deadLetter.url))
}
