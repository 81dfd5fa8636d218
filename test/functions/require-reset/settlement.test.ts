import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)
const FAILED = { batchItemFailures: [{ itemIdentifier: 'm0' }] }

describe('who is covered', () => {
  it('is not called again: by a redelivery, a duplicate or a redrive', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(30))])
    await world.handle([resetEvent(people(30)), resetEvent(people(30))])
    expect(world.calls).toHaveLength(30)
    expect(world.witness.lines.filter(({ code }) => code === 'covered')).toHaveLength(60)
  })

  it('is not called again by a duplicate in the same batch', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(3)), resetEvent(people(3)), resetEvent(people(3))])
    expect(world.calls).toHaveLength(3)
  })

  it.each([
    ['at the fence', 0, 1],
    ['a millisecond before the fence', 1, 2],
  ])('is decided by a reset %s', async (_, later, calls) => {
    const world = createResetWorld()
    await world.handle([resetEvent(['ada@x.example'])])
    const fence = new Date((world.calls[0]?.at ?? 0) + later).toISOString()
    world.clock.advance(1000)
    await world.handle([resetEvent(['ada@x.example'], { fence })])
    expect(world.calls).toHaveLength(calls)
  })
})

describe('an unwritable ledger', () => {
  it('stops the calls, and what is owed is written later without a second call', async () => {
    let broken = true
    const world = createResetWorld({
      config: { requestsPerSecond: 10, callsInFlight: 2 },
      effects: {
        writeRows: async (rows) => {
          if (broken) throw new Error('ProvisionedThroughputExceeded')
          for (const row of rows) world.rows.set(`${row.person} ${row.kind}`, row)
        },
      },
    })
    expect(await world.handle([resetEvent(people(30))])).toEqual({ batchItemFailures: [] })
    const called = world.calls.length
    expect(called).toBeLessThanOrEqual(4)
    const [remainder] = world.sentOn()
    expect(remainder?.event.data.members).toHaveLength(30)
    expect(remainder?.event.data.members.filter(({ owed }) => owed)).toHaveLength(called)

    broken = false
    if (remainder) await world.handle([remainder.event])
    expect(world.calls).toHaveLength(30)
    expect(new Set(world.calls.map(({ email }) => email)).size).toBe(30)
    expect(world.rows.size).toBe(30)
  })

  it('gets an owed row past expirytime and in a dry run too, for the call was made', async () => {
    const world = createResetWorld({ config: { mode: 'dry_run' } })
    const event = resetEvent([], { expirytime: '2026-11-20T11:59:59Z' })
    const owed = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' } as const
    event.data.members = [{ email_address: 'ada@x.example', owed }, { email_address: 'bob@x.example' }]
    await world.handle([event])
    expect(world.calls).toEqual([])
    expect([...world.rows.values()]).toMatchObject([{ kind: 'reset', at: Date.parse(owed.reset_at) }])
    expect(world.deadLetters()).toMatchObject([
      { body: { data: { members: [{ email_address: 'bob@x.example' }] } } },
    ])
  })

  it('that outlasts the retry horizon leaves a dead letter that says not to redrive, and owes nothing', async () => {
    const world = createResetWorld({ effects: { writeRows: () => Promise.reject(new Error('down')) } })
    await world.handle([
      resetEvent(['ada@x.example'], { attempts: 99, firsttriedat: '2026-11-19T12:00:00.000Z' }),
    ])
    const [letter] = world.deadLetters()
    expect(letter?.attributes).toMatchObject({
      'failure-code': 'ledger_unavailable',
      'failure-detail': expect.stringContaining('do not redrive'),
    })
    expect(letter?.body.data.members).toEqual([{ email_address: 'ada@x.example' }])
  })

  it('calls nobody when it can not be read', async () => {
    const world = createResetWorld({ effects: { readResets: () => Promise.reject(new Error('down')) } })
    await world.handle([resetEvent(people(3))])
    expect(world.calls).toEqual([])
    expect(world.sentOn()).toMatchObject([{ event: { attempts: 1, data: { members: [{}, {}, {}] } } }])
  })
})

describe('time', () => {
  it('starts no call that could outlive the invocation, and sends the rest on at once', async () => {
    const world = createResetWorld({ config: { requestsPerSecond: 10 } })
    await world.handle([resetEvent(people(50))], 4000)
    const begun = Date.parse('2026-11-20T12:00:00Z')
    expect(Math.max(...world.calls.map(({ at }) => at))).toBeLessThanOrEqual(begun + 2000)
    const [remainder] = world.sentOn()
    expect(remainder).toMatchObject({ event: { attempts: 0 } })
    expect(remainder?.delaySeconds).toBe(0)
    expect(world.calls.length + (remainder?.event.data.members.length ?? 0)).toBe(50)
  })

  it('does not hurry when an invocation could call nobody', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(3))], 1000)
    expect(world.sentOn()).toMatchObject([{ delaySeconds: 12, event: { attempts: 1 } }])
  })

  it('counts the retry horizon from the first try, hop after hop, within one group', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable')
    await world.handle([resetEvent(['ada@x.example'])])
    world.clock.advance(600_000)
    for (const { event } of world.sentOn()) await world.handle([event])
    const hops = world.sentOn()
    expect(hops.map(({ event }) => event.attempts)).toEqual([1, 2])
    expect(hops[1]?.event.firsttriedat).toBe(hops[0]?.event.firsttriedat)
    expect(hops[0]?.groupId).toMatch(/^[0-9a-f]{64}$/)
    expect(hops[1]?.groupId).toBe(hops[0]?.groupId)
  })

  it('gives a member up, with the last reason, when the retry horizon has passed', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable')
    await world.handle([
      resetEvent(['ada@x.example'], { attempts: 99, firsttriedat: '2026-11-19T12:00:00.000Z' }),
    ])
    expect(world.sent.reset).toEqual([])
    expect(world.deadLetters()).toMatchObject([
      { attributes: { 'failure-code': 'server_unavailable', attempts: '100' } },
    ])
  })

  it('resets nobody past expirytime', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(2), { expirytime: '2026-11-20T11:59:59Z' })])
    expect(world.calls).toEqual([])
    expect(world.deadLetters().map(({ attributes }) => attributes?.['failure-code'])).toEqual([
      'expired',
      'expired',
    ])
  })

  it('stops calling in an outage: it is the queue that waits', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(503, 'server_unavailable')
    await world.handle([resetEvent(people(100))])
    expect(world.calls.length).toBeLessThan(60)
    world.calls.length = 0
    await world.handle([resetEvent(people(100))])
    expect(world.calls).toHaveLength(1)
  })
})

describe('settling', () => {
  it('sends the dead letters before the remainder, and acknowledges neither when a send fails', async () => {
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

  it('dead-letters what is no reset event, and handles the rest of the batch', async () => {
    const world = createResetWorld()
    await world.handle(['rubbish', resetEvent(['ada@x.example']), '{"specversion":"1.0"}'])
    expect(world.calls).toHaveLength(1)
    expect(world.sent['dead-letter']?.map(({ body }) => body)).toEqual(['rubbish', '{"specversion":"1.0"}'])
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
      expect(world.witness.lines).toMatchObject([
        { outcome: 'skipped', code: 'dry_run' },
        { outcome: 'skipped', code: 'dry_run' },
      ])
    },
  )

  it('never has more people called and not recorded than the limit', async () => {
    let unrecorded = 0
    let most = 0
    const world = createResetWorld({
      config: { callsInFlight: 25, requestsPerSecond: 10_000 },
      effects: {
        writeRows: async (rows) => {
          await world.clock.sleep(20)
          unrecorded -= rows.length
        },
      },
    })
    world.stytch = async () => {
      most = Math.max(most, ++unrecorded)
      await world.clock.sleep(50)
      return answers.reset()
    }
    await world.handle([resetEvent(people(300))])
    expect(most).toBe(25)
  })
})
