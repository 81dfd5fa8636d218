import { describe, expect, it } from 'vitest'
import { createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)
describe('who is covered', () => {
  it('is not called again: by a redelivery, a duplicate or a redrive', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(people(30))])
    await world.handle([resetEvent(people(30)), resetEvent(people(30))])
    expect(world.calls).toHaveLength(30)
    expect(world.recorder.lines.filter(({ code }) => code === 'covered')).toHaveLength(60)
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

describe('a clock that was wrong', () => {
  const START = Date.parse('2026-11-20T12:00:00Z')
  const MINUTE = 60_000

  it.each([
    ['ahead by less than the tolerance covers', 5 * MINUTE, 1, 0],
    ['further ahead does not cover, and is counted', 5 * MINUTE + 1, 2, 1],
  ])('left a ledger row %s', async (_, ahead, calls, counted) => {
    const world = createResetWorld()
    await world.handle([resetEvent(['ada@x.example'])])
    const [row] = world.rows.values()
    if (row) row.at = world.clock.now() + ahead
    await world.handle([resetEvent(['ada@x.example'])])
    expect([world.calls.length, world.recorder.total('ClockAhead')]).toEqual([calls, counted])
  })

  it('left an owed row ahead: it is lowered to when its message was sent, and nobody is called again', async () => {
    const world = createResetWorld()
    const event = resetEvent([])
    const owed = { reset_at: '2099-01-01T00:00:00.000Z', outcome: 'reset' } as const
    event.data.members = [{ email_address: 'ada@x.example', owed }]
    await world.handle([event], 60_000, START - 20_000)
    expect(world.calls).toEqual([])
    expect([...world.rows.values()]).toMatchObject([{ at: START - 20_000 }])
    expect(world.recorder.total('ClockAhead')).toBe(1)
  })

  it('left an owed row ahead: it is lowered once, also while the ledger can not be read', async () => {
    const world = createResetWorld({ effects: { readRows: () => Promise.reject(new Error('down')) } })
    const event = resetEvent([])
    const owed = { reset_at: '2099-01-01T00:00:00.000Z', outcome: 'reset' } as const
    event.data.members = [{ email_address: 'ada@x.example', owed }]
    await world.handle([event], 60_000, START - 20_000)
    const reset_at = new Date(START - 20_000).toISOString()
    expect(world.deferred()).toMatchObject([{ event: { data: { members: [{ owed: { reset_at } }] } } }])
  })

  it('is behind: a reset is recorded no earlier than its message was sent', async () => {
    const world = createResetWorld()
    await world.handle([resetEvent(['ada@x.example'])], 60_000, START + 60 * MINUTE)
    expect([...world.rows.values()]).toMatchObject([{ at: START + 60 * MINUTE }])
  })
})

describe('an unwritable ledger', () => {
  it('stops the calls, and what is owed is written later without a second call', async () => {
    let broken = true
    const world = createResetWorld({
      config: { requestsPerSecond: 10, callsInFlight: 2 },
      effects: {
        writeResets: async (rows) => {
          if (broken) throw new Error('ProvisionedThroughputExceeded')
          for (const row of rows) world.rows.set(row.person, row)
        },
      },
    })
    expect(await world.handle([resetEvent(people(30))])).toEqual({ batchItemFailures: [] })
    const called = world.calls.length
    expect(called).toBeLessThanOrEqual(4)
    const [remainder] = world.deferred()
    expect(remainder?.event.data.members).toHaveLength(30)
    expect(remainder?.event.data.members.filter(({ owed }) => owed)).toHaveLength(called)

    broken = false
    if (remainder) await world.handle([remainder.event])
    expect(world.calls).toHaveLength(30)
    expect(new Set(world.calls.map(({ email }) => email)).size).toBe(30)
    expect(world.rows.size).toBe(30)
  })

  it('gets an owed row past expirytime and in a dry run too, because the call was made', async () => {
    const world = createResetWorld({ config: { mode: 'dry_run' } })
    const event = resetEvent([], { expirytime: '2026-11-20T11:59:59Z' })
    const owed = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' } as const
    event.data.members = [{ email_address: 'ada@x.example', owed }, { email_address: 'bob@x.example' }]
    await world.handle([event])
    expect(world.calls).toEqual([])
    expect([...world.rows.values()]).toMatchObject([{ at: Date.parse(owed.reset_at) }])
    expect(world.deadLetters()).toMatchObject([
      { body: { data: { members: [{ email_address: 'bob@x.example' }] } } },
    ])
  })

  it.each<[string, Parameters<typeof createResetWorld>[0]]>([
    [
      'the ledger can be read, not written',
      { effects: { writeResets: () => Promise.reject(new Error('down')) } },
    ],
    ["the ledger can't be read", { effects: { readRows: () => Promise.reject(new Error('down')) } }],
    ["a secret can't be read", { effects: { readSecret: () => Promise.reject(new Error('down')) } }],
  ])('is never given up at the retry horizon what is owed to it, while %s', async (_, options) => {
    const world = createResetWorld(options)
    const event = resetEvent([], { attempts: 99, firsttriedat: '2026-11-19T12:00:00.000Z' })
    const owed = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' } as const
    event.data.members = [{ email_address: 'ada@x.example', owed, uncertain: true }]
    await world.handle([event])
    expect(world.deadLetters()).toEqual([])
    expect(world.deferred()).toMatchObject([{ event: { data: { members: [{ owed }] } } }])
  })

  it('that takes one row less after a day of failing calls makes nobody given up', async () => {
    const world = createResetWorld({ effects: { writeResets: () => Promise.reject(new Error('down')) } })
    await world.handle([resetEvent(['ada@x.example'], { firsttriedat: '2026-11-19T12:00:00.000Z' })])
    expect([world.calls.length, world.deadLetters()]).toEqual([1, []])
    const [owing] = world.deferred()
    expect(owing?.event.data.members).toMatchObject([{ owed: { outcome: 'reset' } }])
  })

  it('keeps an owed row under the pseudonym that the person had when they were called', async () => {
    const world = createResetWorld()
    const person = 'a'.repeat(64)
    const owed = { person, reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' } as const
    const event = resetEvent([])
    event.data.members = [{ email_address: 'ada@x.example', owed }]
    await world.handle([event])
    expect([...world.rows.keys()]).toEqual([person])
  })

  it('calls nobody again in a batch whose ledger row is owed, and keeps the owed row in each message', async () => {
    const world = createResetWorld({ effects: { writeResets: () => Promise.reject(new Error('down')) } })
    await world.handle([resetEvent(['ada@x.example']), resetEvent(['ada@x.example'], { id: 'another' })])
    expect(world.calls).toHaveLength(1)
    const rows = world.deferred().flatMap(({ event }) => event.data.members)
    expect(rows).toMatchObject([{ owed: { outcome: 'reset' } }, { owed: { outcome: 'reset' } }])
  })

  it("calls nobody again in a batch whose ledger row is owed, although it can't be read any more", async () => {
    let down = true
    let reads = 0
    const world = createResetWorld()
    const { readRows, writeResets } = world.ledger.effects
    const fail = () => Promise.reject(new Error('down'))
    const other = createResetWorld({
      effects: {
        readRows: (people) => (down && reads++ > 0 ? fail() : readRows(people)),
        writeResets: (rows) => (down ? fail() : writeResets(rows)),
      },
    })
    await other.handle([resetEvent(['ada@x.example']), resetEvent(['ada@x.example'], { id: 'another' })])
    down = false
    for (const { event } of other.deferred().toReversed()) await other.handle([event])
    expect(other.calls).toHaveLength(1)
  })

  it('owes the ledger row of a batch in each message, also in one that was deferred before the call', async () => {
    let reads = 0
    const fail = () => Promise.reject(new Error('down'))
    const readRows = async () => (reads++ === 0 ? fail() : new Map())
    const world = createResetWorld({ effects: { readRows, writeResets: fail } })
    await world.handle([resetEvent(['ada@x.example']), resetEvent(['ada@x.example'], { id: 'another' })])
    expect(world.calls).toHaveLength(1)
    const rows = world.deferred().flatMap(({ event }) => event.data.members)
    expect(rows).toMatchObject([{ owed: { outcome: 'reset' } }, { owed: { outcome: 'reset' } }])
  })

  it('calls nobody of a batch in which a later message owes their ledger row', async () => {
    const world = createResetWorld()
    const owing = resetEvent([], { id: 'another' })
    const owed = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' } as const
    owing.data.members = [{ email_address: 'ada@x.example', owed }]
    await world.handle([resetEvent(['ada@x.example'], { fence: owed.reset_at }), owing])
    expect(world.calls).toHaveLength(0)
    expect(world.deferred()).toEqual([])
  })

  it('writes owed rows 25 at a time', async () => {
    const writes: number[] = []
    const world = createResetWorld({
      effects: { writeResets: async (rows) => void writes.push(rows.length) },
    })
    const event = resetEvent([])
    const owed = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset' } as const
    event.data.members = people(70).map((email_address) => ({ email_address, owed }))
    await world.handle([event])
    expect(writes).toEqual([25, 25, 20])
  })

  it("gives nobody up at the retry horizon while it can't be read, because nobody is tried", async () => {
    const world = createResetWorld({ effects: { readRows: () => Promise.reject(new Error('down')) } })
    await world.handle([resetEvent(['ada@x.example'], { firsttriedat: '2026-11-19T12:00:00.000Z' })])
    expect([world.deadLetters(), world.deferred().length]).toEqual([[], 1])
  })

  it("calls nobody when it can't be read", async () => {
    const world = createResetWorld({ effects: { readRows: () => Promise.reject(new Error('down')) } })
    await world.handle([resetEvent(people(3))])
    expect(world.calls).toEqual([])
    expect(world.deferred()).toMatchObject([{ event: { attempts: 1, data: { members: [{}, {}, {}] } } }])
    const named = new Set(world.recorder.lines.map(({ person }) => person))
    expect(named.size).toBe(3)
    expect(named).not.toContain(undefined)
  })
})
