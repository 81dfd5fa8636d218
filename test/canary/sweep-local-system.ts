import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { waitUntil } from '../infra/local/system/wait-until.ts'
import type { SweptSystem } from './boot-swept-system.ts'
import type { Sinks } from './create-sinks.ts'
import { FAN_OUT_BODIES } from './fan-out-bodies.ts'
import { MEMBER } from './planted.ts'
import { type Step, SYSTEM_STEPS } from './system-steps.ts'
import { toldIn } from './told-in.ts'

/** Takes the bodies through fan-out, and the member through every step of require-reset, once before and once past the retry horizon. */
export async function sweepLocalSystem(swept: SweptSystem, sinks: Sinks): Promise<void> {
  const { system, refused, renew } = swept
  const { breach, reset } = system.queues
  const queue = { sqs: system.sqs, sleep, random: Math.random }
  let wasFresh = false
  const { organizationId } = system.stytch.addOrganization()
  system.stytch.addMember({ email: MEMBER, organizationId })
  await take(
    'the bodies',
    'expired',
    breach.url,
    FAN_OUT_BODIES.map(([, body]) => body),
  )
  for (const step of SYSTEM_STEPS) await run(step)
  const failed = await system.functions.requireReset.invoke({})
  sinks.add('error that leaves a function', failed)

  async function run({ told, arrange, fresh = false, event = {} }: Step): Promise<void> {
    system.stytch.setPassword(MEMBER)
    await arrange?.(swept)
    if (fresh || wasFresh) await renew()
    wasFresh = fresh
    const now = new Date().toISOString()
    const members = [{ email_address: MEMBER }]
    const early = breachEvent({
      id: randomUUID(),
      time: now,
      ...event,
      data: { members, ...Object(event).data },
    })
    const late = { ...early, fence: now, attempts: 9, firsttriedat: '2001-01-01T00:00:00Z' }
    await sendMessages(queue, reset.url, [{ body: JSON.stringify(late) }])
    await take(`${told} to be told`, told, breach.url, [JSON.stringify(early)])
  }

  /** Sends bodies, and resolves when the log has told what it should and nothing is worked on any more. */
  async function take(what: string, told: string, url: string, bodies: readonly string[]): Promise<void> {
    const before = sinks.texts('log line').length
    const lines = { texts: (name: string) => (name === 'log line' ? sinks.texts(name).slice(before) : []) }
    await sendMessages(
      queue,
      url,
      bodies.map((body) => ({ body })),
    )
    await waitUntil(what, () => toldIn(lines).has(told))
    if (told === 'record failed') {
      refused.clear()
      for (const queue of [breach, reset]) system.inspector.letTimePass(queue.url)
    }
    await waitUntil('nothing to be worked on', () =>
      [breach, reset].every(({ url: queue }) => {
        const { visible, inFlight } = system.inspector.depth(queue)
        return visible + inFlight === 0
      }),
    )
    refused.clear()
    system.stytch.clearFaults()
  }
}
