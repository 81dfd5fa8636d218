import { setTimeout as sleep } from 'node:timers/promises'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { type LocalSystem, startLocalSystem } from '../../../infra/local/local-system.ts'
import type { StytchSimulator } from '../../../infra/local/stytch/simulator.ts'
import type { Stage } from '../../../infra/stage.ts'
import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import { createMeter, findLastReset, type Meter } from './meter.ts'

const MAX_MS = 600_000

/** What a measurement runs on. `stageName` is for the report. */
export type Setup = { stageName: string; stage: Stage; latencyMs: number }

/** The local system of a stage with a meter. The name of an event is its id, and keeps its members apart from others. */
export type MeasuredSystem = {
  system: LocalSystem
  meter: Meter
  /** Puts the body of an event on the breach queue. */
  send(body: string): Promise<unknown>
  /** The same. Resolves to the seconds from sending to the arrival of the last reset at Stytch. Throws after ten minutes. */
  secondsToReset(name: string, members: number): Promise<number>
  /** Resolves when every message has been processed and its invocation has ended. Throws after ten minutes. */
  whenIdle(): Promise<void>
  stop(): Promise<void>
}

/** Boots the local system of a stage. Stytch enforces the stage's rate and takes about `latencyMs` to answer. */
export async function startMeasuredSystem({ stageName, stage, latencyMs }: Setup): Promise<MeasuredSystem> {
  const workQueues = new Set<string>()
  const meter = createMeter((url) => workQueues.has(url))
  const system = await startLocalSystem({
    ...{ stageName, stage, intercept: meter.intercept, onBatch: meter.onBatch },
    stytch: { requestsPerSecond: stage.stytchRequestsPerSecond },
  })
  const { queues, stytch, sqs } = system
  for (const queue of [queues.breach, queues.reset, queues.sessions]) if (queue) workQueues.add(queue.url)
  setLatency(stytch, latencyMs)
  const send = (body: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: queues.breach.url, MessageBody: body }))

  return {
    system,
    meter,
    send,
    async secondsToReset(name, members) {
      const { emails, body } = makeEvent(stytch, name, members)
      const sentAt = Date.now()
      await send(body)
      const resetAt = await poll(() => findLastReset(stytch.calls(), emails), MAX_MS)
      if (resetAt === undefined) throw new Error('a member was not reset within ten minutes')
      return (resetAt - sentAt) / 1000
    },
    async whenIdle() {
      const isIdle = () => meter.messages().sent === meter.messages().deleted || undefined
      if (!(await poll(isIdle, MAX_MS))) throw new Error('a message was not processed within ten minutes')
    },
    stop: system.stop,
  }
}

const JITTER = 0.4

/** Makes a simulator answer after `latencyMs`, 40 % more or less. */
export function setLatency(stytch: Pick<StytchSimulator, 'fault'>, latencyMs: number): void {
  if (latencyMs === 0) return
  const range = { minMs: latencyMs * (1 - JITTER), maxMs: latencyMs * (1 + JITTER) }
  stytch.fault({ kind: 'latency', endpoint: 'any', ...range })
}

const HOUR_MS = 3_600_000

/** Makes an event with new members, whose passwords were set before the breach. Returns their e-mails and the message body. */
export function makeEvent(
  stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword'>,
  name: string,
  members: number,
): { emails: ReadonlySet<string>; body: string } {
  const now = Date.now()
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

const POLL_EVERY_MS = 50

/** Calls `look` every 50 ms until it returns something, and resolves to that, or to undefined after `maxMs`. */
export async function poll<Found>(look: () => Found | undefined, maxMs: number): Promise<Found | undefined> {
  const deadline = Date.now() + maxMs
  for (;;) {
    const found = look()
    if (found !== undefined || Date.now() > deadline) return found
    await sleep(POLL_EVERY_MS)
  }
}
