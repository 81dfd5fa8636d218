import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { type LocalSystem, startLocalSystem } from '../../../infra/local/local-system.ts'
import type { Stage } from '../../../infra/stage.ts'
import { findLastReset } from './find-last-reset.ts'
import { type MadeEvent, makeEvent } from './make-event.ts'
import { createMeter, type Meter } from './meter/create-meter.ts'
import { poll } from './poll.ts'

const JITTER = 0.4
const MAX_MS = 600_000

export type Sent = MadeEvent & { at: number }

export type MeasuredSystem = {
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
