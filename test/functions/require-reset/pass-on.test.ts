import { describe, expect, it } from 'vitest'
import {
  type ResetEvent,
  type SessionsEvent,
  SessionsEventSchema,
} from '../../../lib/contract/breach-event.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { eventGroup } from '../../../lib/queue/send-messages.ts'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const ADA = 'ada@x.example'
const PASSES_ON = { sessionsQueueUrl: 'sessions' }
const ACKNOWLEDGED = { batchItemFailures: [] }
const canary: ResetEvent = Object.assign(resetEvent([]), canaryEvent('1', '2026-11-20T11:59:00Z'))
const dryRun = (event: ResetEvent): ResetEvent => ({ ...event, data: { ...event.data, mode: 'dry_run' } })

function createWorld(options: Parameters<typeof createResetWorld>[0] = {}) {
  const config = { ...PASSES_ON, ...options.config }
  const world = createResetWorld({ ...options, config })
  world.sent.sessions = []
  const passedOn = (): SessionsEvent[] =>
    (world.sent.sessions ?? []).map(({ body }) => SessionsEventSchema.parse(JSON.parse(body)))
  return Object.assign(world, { passedOn })
}

/** The e-mails that went to the sessions queue after an event of one person, given Stytch's answer. */
async function passedOnAfter(answer: ReturnType<typeof answers.reset>, event = resetEvent([ADA])) {
  const world = createWorld()
  world.stytch = () => answer
  await world.handle([event])
  return world.passedOn().flatMap(({ data }) => data.members.map(({ email_address }) => email_address))
}

describe('to the next step goes', () => {
  it.each([
    ['who was reset', answers.reset()],
    ['who had no password', answers.error(404, 'member_password_not_found')],
  ])('%s', async (_, answer) => {
    expect(await passedOnAfter(answer)).toEqual([ADA])
  })

  it('who was reset before, with that moment', async () => {
    const world = createWorld()
    await world.handle([resetEvent([ADA])])
    const at = [...world.rows.values()][0]?.at ?? 0
    world.clock.advance(60_000)
    await world.handle([resetEvent([ADA])])
    expect(world.calls).toHaveLength(1)
    expect(world.passedOn().map(({ data }) => data.members)).toEqual(
      Array(2).fill([{ email_address: ADA, reset_at: new Date(at).toISOString() }]),
    )
  })

  it.each([
    ['who was not answered for', answers.timeout()],
    ['whom Stytch refused', answers.error(400, 'invalid_email')],
    ['whose answer was unusable', answers.json(200, {})],
    ['who is a stranger', answers.error(404, 'email_not_found')],
    ['who waits for the configuration', answers.error(401, 'unauthorized_credentials')],
  ])('nobody %s', async (_, answer) => {
    expect(await passedOnAfter(answer)).toEqual([])
  })

  it('nobody of a dry run, also not who was reset before', async () => {
    const world = createWorld()
    await world.handle([resetEvent([ADA])])
    await world.handle([dryRun(resetEvent([ADA])), dryRun(resetEvent(['bob@x.example']))])
    expect(world.passedOn()).toHaveLength(1)
    const stage = createWorld({ config: { mode: 'dry_run' } })
    stage.rows.set([...world.rows.keys()][0] ?? '', { ...[...world.rows.values()][0] } as never)
    await stage.handle([resetEvent([ADA])])
    expect(stage.recorder.lines).toMatchObject([{ code: 'covered' }])
    expect(stage.passedOn()).toEqual([])
  })

  it('nobody where the stage leaves sessions alone', async () => {
    const world = createWorld({ config: { sessionsQueueUrl: undefined } })
    expect(await world.handle([resetEvent([ADA])])).toEqual(ACKNOWLEDGED)
    expect(world.passedOn()).toEqual([])
    expect(world.rows.size).toBe(1)
  })

  it('who is owed to the ledger, but not before that is written', async () => {
    let down = true
    const world = createWorld({
      effects: {
        writeResets: async (rows) => {
          if (down) throw new Error('down')
          await world.ledger.effects.writeResets(rows)
        },
      },
    })
    await world.handle([resetEvent([ADA])])
    expect(world.passedOn()).toEqual([])
    down = false
    world.clock.advance(5000)
    const [deferred] = world.deferred()
    if (deferred) await world.handle([deferred.event])
    const { owed } = deferred?.event.data.members[0] ?? {}
    expect(world.passedOn()[0]?.data.members).toEqual([{ email_address: ADA, reset_at: owed?.reset_at }])
  })

  it('a canary, which comes through only at the end of the next step', async () => {
    const world = createWorld()
    world.stytch = () => answers.error(404, 'email_not_found')
    await world.handle([canary])
    expect(world.passedOn()).toMatchObject([{ source: canary.source, id: canary.id }])
    expect(world.recorder.total('CanaryPassed')).toBe(0)
  })

  it('no canary that failed, nor one of a dry run, which is as far as that goes', async () => {
    expect(await passedOnAfter(answers.timeout(), canary)).toEqual([])
    const world = createWorld({ config: { mode: 'dry_run' } })
    await world.handle([canary])
    expect(world.passedOn()).toEqual([])
    expect(world.recorder.total('CanaryPassed')).toBe(1)
  })
})

describe('passing on', () => {
  it('sends what the next step needs, once for each person, and no trace of earlier tries', async () => {
    const world = createWorld()
    const rows = ['m-1', 'm-2'].map((member_id) => ({ email_address: ADA, member_id, uncertain: true }))
    const event = resetEvent([], {
      ...{ attempts: 3, firsttriedat: '2026-11-20T11:59:30.000Z', sentat: '2026-11-20T11:59:10.000Z' },
    })
    await world.handle([{ ...event, data: { ...event.data, members: rows } }])
    const { firsttriedat: _, ...rest } = event
    const reset_at = new Date(world.calls[0]?.at ?? 0).toISOString()
    expect(world.passedOn()).toEqual([
      {
        ...rest,
        attempts: 0,
        data: { ...event.data, members: [{ email_address: ADA, member_id: 'm-1', reset_at }] },
      },
    ])
    expect(world.sent.sessions).toMatchObject([{ groupId: eventGroup(event), delaySeconds: 0 }])
  })

  it('is one message for everyone of an event', async () => {
    const world = createWorld()
    await world.handle([resetEvent([ADA, 'bob@x.example']), resetEvent(['cid@x.example'])])
    expect(world.passedOn().map(({ data }) => data.members.length)).toEqual([2, 1])
  })

  it('comes after the dead letters, and before the deferred people and the acknowledgement', async () => {
    const queues: string[] = []
    const world = createWorld({
      effects: {
        sendMessages: async (queueUrl, messages) => {
          if ([...messages].length > 0) queues.push(queueUrl)
          return { refused: [] }
        },
      },
    })
    world.stytch = (email) => {
      if (email === ADA) return answers.reset()
      return email === 'bob@x.example' ? answers.error(400, 'invalid_email') : answers.timeout()
    }
    await world.handle([resetEvent([ADA, 'bob@x.example', 'cid@x.example'])])
    expect(queues).toEqual(['dead-letter', 'sessions', 'reset'])
  })

  it.each([
    ['fails', () => Promise.reject(new Error('SQS is down'))],
    ['is refused', async (_: string, messages: Iterable<never>) => ({ refused: [...messages] })],
  ])('that %s leaves the record on its queue, and is done when it comes again', async (_, failing) => {
    let down = true
    const world = createWorld({
      effects: {
        sendMessages: async (queueUrl, messages) => {
          if (down && queueUrl === 'sessions') return failing(queueUrl, messages as Iterable<never>)
          world.sent[queueUrl]?.push(...messages)
          return { refused: [] }
        },
      },
    })
    const event = resetEvent([ADA])
    expect(await world.handle([event])).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
    expect(world.recorder.lines).toEqual([])
    down = false
    expect(await world.handle([event])).toEqual(ACKNOWLEDGED)
    expect(world.calls).toHaveLength(1)
    expect(world.passedOn()).toHaveLength(1)
  })

  it('takes no more room than the reset did, however many rows somebody has', async () => {
    const world = createWorld()
    const members = Array.from({ length: 10_000 }, (_, i) => ({ email_address: ADA, member_id: `m${i}` }))
    const event = resetEvent([])
    const body = JSON.stringify({ ...event, data: { ...event.data, members } })
    await world.handle([body])
    expect(Buffer.byteLength(world.sent.sessions?.[0]?.body ?? '')).toBeLessThan(1000)
  })
})
