import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)
const FAILED = { batchItemFailures: [{ itemIdentifier: 'm0' }] }

describe('settling', () => {
  it('sends the dead letters before the smaller event, and acknowledges neither when a send fails', async () => {
    const queues: string[] = []
    const world = createResetWorld({
      effects: {
        sendMessages: async (queueUrl) => {
          queues.push(queueUrl)
          if (queueUrl === 'reset') throw new Error('SQS is down')
          return { refused: [] }
        },
      },
    })
    world.stytch = (email) =>
      email === 'm0@x.example' ? answers.error(400, 'invalid_email') : answers.timeout()
    expect(await world.handle([resetEvent(people(2))])).toEqual(FAILED)
    expect(queues).toEqual(['dead-letter', 'reset'])
  })

  it('fails the record when a dead letter is refused', async () => {
    const world = createResetWorld({
      effects: { sendMessages: async (_, messages) => ({ refused: [...messages] }) },
    })
    world.stytch = () => answers.error(400, 'invalid_email')
    expect(await world.handle([resetEvent(people(1))])).toEqual(FAILED)
  })

  it('fails the record when a smaller event is refused', async () => {
    const world = createResetWorld({
      effects: {
        sendMessages: async (queue, messages) => ({ refused: queue === 'reset' ? [...messages] : [] }),
      },
    })
    world.stytch = () => answers.timeout()
    expect(await world.handle([resetEvent(people(1))])).toEqual(FAILED)
  })

  it('dead-letters what is not a reset event, and handles the rest of the batch', async () => {
    const world = createResetWorld()
    await world.handle(['rubbish', resetEvent(['ada@x.example']), '{"specversion":"1.0"}'])
    expect(world.calls).toHaveLength(1)
    expect(world.sent['dead-letter']?.map(({ body }) => body)).toEqual(['rubbish', '{"specversion":"1.0"}'])
  })

  it('dead-letters an owed ledger row whose request id could be an e-mail address, and reports none of it', async () => {
    const world = createResetWorld()
    const event = resetEvent(['ada@x.example'])
    const owed = {
      reset_at: '2026-11-20T11:59:30.000Z',
      outcome: 'reset',
      request_id: 'ada@x.example',
    } as const
    event.data.members = event.data.members.map((row) => ({ ...row, owed }))
    await world.handle([event])
    expect(world.sent['dead-letter']?.map(({ body }) => body)).toEqual([JSON.stringify(event)])
    expect(JSON.stringify([world.recorder.lines, world.recorder.notes, [...world.rows]])).not.toContain(
      'ada@',
    )
  })

  it.each([
    ['the stage', 'dry_run', undefined],
    ['the event', 'enforce', 'dry_run'],
    ['the stage, whatever the event says', 'dry_run', 'enforce'],
  ] as const)(
    'decides and logs in a dry run of %s, and neither calls nor records',
    async (_, mode, eventMode) => {
      const world = createResetWorld({ config: { mode } })
      const event = resetEvent(people(2))
      await world.handle([{ ...event, data: { ...event.data, mode: eventMode } }])
      expect(world.calls).toEqual([])
      expect(world.rows.size).toBe(0)
      expect(world.recorder.lines).toMatchObject([
        { outcome: 'skipped', code: 'dry_run' },
        { outcome: 'skipped', code: 'dry_run' },
      ])
    },
  )

  it('never has more people called and not recorded, nor more calls in flight, than the limits', async () => {
    let inFlight = 0
    let unrecorded = 0
    const most = { inFlight: 0, unrecorded: 0 }
    const world = createResetWorld({
      config: { callsInFlight: 15, maxUnrecorded: 25, requestsPerSecond: 10_000 },
      effects: {
        writeRows: async (rows) => {
          await world.clock.sleep(20)
          unrecorded -= rows.length
        },
      },
    })
    world.stytch = async () => {
      most.unrecorded = Math.max(most.unrecorded, ++unrecorded)
      most.inFlight = Math.max(most.inFlight, ++inFlight)
      await world.clock.sleep(50)
      inFlight--
      return answers.reset()
    }
    await world.handle([resetEvent(people(300))])
    expect(most).toEqual({ inFlight: 15, unrecorded: 25 })
  })

  it('goes on calling while rows are written, and waits for no more rows when nobody is left', async () => {
    const latencyMs = 50
    let writes = 0
    const world = createResetWorld({
      config: { callsInFlight: 15, maxUnrecorded: 25, requestsPerSecond: 10_000 },
      effects: {
        writeRows: () => {
          writes++
          return world.clock.sleep(10)
        },
      },
    })
    let at = 0
    world.stytch = async () => {
      await world.clock.sleep(latencyMs + (at++ % 10))
      return answers.reset()
    }
    const begun = world.clock.now()
    await world.handle([resetEvent(people(300))])
    const ideal = (300 / 15) * (latencyMs + 4.5)
    expect((world.clock.now() - begun) / ideal).toBeLessThan(1.1)
    expect(300 / writes).toBeGreaterThan(4)
    const alone = world.clock.now()
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.clock.now() - alone).toBeLessThan(latencyMs + 10 + 10)
  })
})
