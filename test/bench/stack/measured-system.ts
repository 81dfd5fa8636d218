import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { type LocalSystem, startLocalSystem } from '../../../infra/local/local-system.ts'
import type { StytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import type { Stage } from '../../../infra/stage.ts'
import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import { type StageName, stages } from '../../fixtures/stages.ts'
import { createMeter, findLastReset, type Meter } from './meter.ts'

const JITTER = 0.4
const MAX_MS = 600_000

export type Sent = MadeEvent & { at: number }

type MeasuredSystem = {
  system: LocalSystem
  meter: Meter
  makeEvent(name: string, members: number): MadeEvent
  /** Puts the event on the breach queue. `at`: ms since the epoch, just before. */
  send(event: MadeEvent): Promise<Sent>
  /** Resolves to the ms from sending the event to the arrival of its last reset at Stytch. Throws after ten minutes. */
  whenReset(event: Sent): Promise<number>
  /** Resolves when every message sent has been worked off and its invocation has ended. Throws after ten minutes. */
  whenIdle(): Promise<void>
  stop(): Promise<void>
}

/** Boots the local system of a stage, metered; Stytch keeps to the stage's budget and answers after `latencyMs`, 40 % more or less. */
export async function startMeasuredSystem(
  stageName: string,
  stage: Stage,
  latencyMs: number,
): Promise<MeasuredSystem> {
  const workQueues = new Set<string>()
  const meter = createMeter((url) => workQueues.has(url))
  const system = await startLocalSystem({
    ...{ stageName, stage, intercept: meter.intercept, onBatch: meter.onBatch },
    stytch: { requestsPerSecond: stage.stytchRequestsPerSecond },
  })
  const { queues, stytch, sqs } = system
  workQueues.add(queues.breach.url).add(queues.reset.url)
  if (latencyMs > 0)
    stytch.fault({ kind: 'latency', minMs: latencyMs * (1 - JITTER), maxMs: latencyMs * (1 + JITTER) })

  return {
    system,
    meter,
    makeEvent: (name, members) => makeEvent(stytch, name, members, Date.now()),
    async send(event) {
      const at = Date.now()
      await sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody: event.body }))
      return { ...event, at }
    },
    async whenReset({ emails, at }) {
      const lastReset = await poll(() => findLastReset(stytch.calls(), emails), MAX_MS)
      if (lastReset === undefined) throw new Error('somebody was not reset within ten minutes')
      return lastReset - at
    },
    async whenIdle() {
      const isIdle = () => meter.messages().sent === meter.messages().deleted || undefined
      if (!(await poll(isIdle, MAX_MS))) throw new Error('a message was not worked off within ten minutes')
    },
    stop: system.stop,
  }
}

const HOUR_MS = 3_600_000

type MadeEvent = { emails: ReadonlySet<string>; body: string }

/** Makes an event of new members, each with a password that was set before the breach; `name` is its id, and tells the members apart. */
export function makeEvent(
  stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword'>,
  name: string,
  members: number,
  now: number,
): MadeEvent {
  const { organizationId } = stytch.addOrganization()
  const emails = Array.from({ length: members }, (_, index) => `${name}-${index}@bench.example`)
  for (const email of emails) {
    stytch.addMember({ organizationId, email })
    stytch.setPassword(email, now - 2 * HOUR_MS)
  }
  const event = {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: 'urn:example:bench',
    id: name,
    time: new Date(now).toISOString(),
    data: {
      reason: 'infostealer',
      exposed_at: new Date(now - HOUR_MS).toISOString(),
      members: emails.map((email_address) => ({ email_address })),
    },
  }
  return { emails: new Set(emails), body: JSON.stringify(event) }
}

const MAX_EVENT = 10_000

/** A stage as it is, but turned on, and with room for the largest event. */
export function benchStage(name: StageName): Stage {
  return { ...stages[name], mode: 'enforce', maxMembersPerEvent: MAX_EVENT }
}

const EVERY_MS = 50

/** Looks every 50 ms until `look` returns something, and resolves to it, or to undefined after `maxMs`. */
export async function poll<Found>(look: () => Found | undefined, maxMs: number): Promise<Found | undefined> {
  const deadline = Date.now() + maxMs
  for (;;) {
    const found = look()
    if (found !== undefined || Date.now() > deadline) return found
    await sleep(EVERY_MS)
  }
}
