import { describe, expect, it } from 'vitest'
import { messageSize } from '../../../lib/queue/send-messages.ts'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)
const FAILED = { batchItemFailures: [{ itemIdentifier: 'm0' }] }

const SENT_AT = '2026-11-20T11:59:58.000Z'

/** A world in which nothing can be sent until it `settles`. */
function createUnsettledWorld() {
  let down = true
  const world = createResetWorld({
    effects: {
      sendMessages: async (queue, messages) => {
        if (down) throw new Error('SQS is down')
        world.sent[queue]?.push(...messages)
        return { refused: [] }
      },
    },
  })
  const settles = () => {
    down = false
  }
  return Object.assign(world, { settles })
}

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

  it.each(['dead-letter', 'reset'])(
    'does not repeat a call with an unusable answer while the %s queue refuses, and reports it in the end',
    async (refusing) => {
      let down = true
      const world = createResetWorld({
        effects: {
          sendMessages: async (queue, messages) => {
            if (down && queue === refusing) throw new Error('SQS is down')
            world.sent[queue]?.push(...messages)
            return { refused: [] }
          },
        },
      })
      world.stytch = (email) =>
        email === 'm0@x.example' ? answers.json(503, {}) : answers.json(200, { surprise: true })
      const event = resetEvent(people(10), { sentat: '2026-11-20T11:59:58.000Z' })
      const calls = () => world.calls.filter(({ email }) => email !== 'm0@x.example')
      for (let delivery = 1; delivery <= 4; delivery++) {
        expect(await world.handle([event])).toEqual(FAILED)
      }
      expect(calls()).toHaveLength(9)
      down = false
      world.sent['dead-letter'] = []
      expect(await world.handle([event])).toEqual({ batchItemFailures: [] })
      expect(calls()).toHaveLength(9)
      expect(world.deadLetters().map(({ attributes }) => attributes)).toEqual(
        Array(9).fill(
          expect.objectContaining({
            'failure-code': 'invalid_response',
            'failure-detail': expect.stringMatching(/the reset may have happened/),
          }),
        ),
      )
      expect(JSON.stringify(world.deadLetters())).not.toContain('sentat')
      const redriven = new Date(world.clock.now()).toISOString()
      await world.handle([{ ...event, sentat: redriven }])
      expect(calls()).toHaveLength(18)
    },
  )

  it.each([
    ['a reset', answers.reset(), 0, undefined],
    ['an unusable answer', answers.json(200, {}), 1, 'invalid_response'],
  ])(
    'settles %s although the event has expired when it is delivered again',
    async (_, answer, letters, code) => {
      const world = createUnsettledWorld()
      world.stytch = (email) => (email === 'm0@x.example' ? answer : answers.error(400, 'invalid_email'))
      const event = resetEvent(people(2), { expirytime: '2026-11-20T12:01:00.000Z', sentat: SENT_AT })
      await world.handle([event])
      world.settles()
      world.clock.advance(6 * 60_000)
      await world.handle([event])
      const first = world
        .deadLetters()
        .filter(({ body }) => body.data.members[0].email_address === 'm0@x.example')
      expect(first).toHaveLength(letters)
      expect(first[0]?.attributes?.['failure-code']).toBe(code)
    },
  )

  it('does not repeat a call with an unusable answer for a message of an earlier version', async () => {
    const world = createUnsettledWorld()
    world.stytch = () => answers.json(200, {})
    const sentAt = world.clock.now() - 1000
    for (let delivery = 1; delivery <= 4; delivery++)
      await world.handle([resetEvent(people(1))], 60_000, sentAt)
    expect(world.calls).toHaveLength(1)
  })

  it('remembers an unanswered call in the reason that a later delivery ends with', async () => {
    const world = createUnsettledWorld()
    world.stytch = () => answers.timeout()
    await world.handle([resetEvent(people(1), { sentat: SENT_AT })])
    world.settles()
    world.stytch = () => answers.error(400, 'organization_suspended')
    await world.handle([resetEvent(people(1), { sentat: SENT_AT })])
    expect(world.deadLetters()[0]?.attributes?.['failure-detail']).toMatch(/the reset may have happened/)
  })

  it('skips people of a dry run, whatever another event was answered', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.json(200, {})
    const event = resetEvent(people(1), { sentat: SENT_AT })
    await world.handle([event, { ...event, id: 'dry', data: { ...event.data, mode: 'dry_run' } }])
    expect(world.deadLetters()).toHaveLength(1)
    expect(world.recorder.lines.map(({ code }) => code)).toEqual(['invalid_response', 'dry_run'])
  })

  it('takes an address that an earlier version forwarded and this one would refuse', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(['ada@x.example', '<bob@x.example>', 'eve@x.example'])])
    expect(world.calls.map(({ email }) => email)).toEqual([
      'ada@x.example',
      '<bob@x.example>',
      'eve@x.example',
    ])
  })

  it('defers people in several messages where their marks make one larger than SQS takes', async () => {
    const world = createResetWorld({ effects: { writeResets: () => Promise.reject(new Error('down')) } })
    const wide = (index: number) => `${index}${'é'.repeat(300)}@x.example`
    const event = resetEvent([])
    event.data.members = Array.from({ length: 1400 }, (_, index) => ({
      email_address: wide(index),
      owed: { person: 'a'.repeat(64), reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' },
    }))
    expect(await world.handle([event])).toEqual({ batchItemFailures: [] })
    expect(world.sent.reset).toHaveLength(2)
    for (const message of world.sent.reset ?? []) expect(messageSize(message)).toBeLessThanOrEqual(1_048_576)
    expect(world.deferred().flatMap(({ event }) => event.data.members)).toHaveLength(1400)
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
        writeResets: async (rows) => {
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
        writeResets: () => {
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
    await world.handle([resetEvent(people(300))])
    const begun = world.calls[0]?.at ?? Number.NaN
    const ideal = (300 / 15) * (latencyMs + 4.5)
    expect((world.clock.now() - begun) / ideal).toBeLessThan(1.1)
    expect(300 / writes).toBeGreaterThan(4)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.clock.now() - (world.calls.at(-1)?.at ?? 0)).toBeLessThan(latencyMs + 10 + 10)
  })
})
