import { describe, expect, it } from 'vitest'
import type { SessionsEvent } from '../../../lib/contract/breach-event.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, RESET_AT, sessionsEvent } from '../../fakes/create-sessions-world.ts'

const ADA = 'ada@x.example'
const BOB = 'bob@x.example'

/** What a message of a run is about: e-mails by their index in the event. */
function messageOf(people: Record<number, string>, own: Partial<SessionsEvent> = {}): SessionsEvent {
  const members = Object.entries(people).map(([index, email_address]) => ({
    ...{ email_address, reset_at: RESET_AT, row_index: Number(index) },
  }))
  const event = sessionsEvent([], { resetrun: 'run-1', ...own })
  return { ...event, data: { ...event.data, members } }
}

function createWorld(options: Parameters<typeof createSessionsWorld>[0] = {}) {
  const world = createSessionsWorld(options)
  world.members.add(ADA)
  return world
}

const GAVE_UP = { attempts: 9, firsttriedat: '2026-11-18T12:00:00.000Z' }
const rowsIn = (messages: readonly { body: string }[] = []) =>
  messages.flatMap(({ body }) => JSON.parse(body).data.members)

describe('what end-sessions keeps', () => {
  it('is whose sessions have ended, since when, and who was skipped and why', async () => {
    const world = createWorld()
    const startedAt = world.clock.now()
    await world.handle([messageOf({ 4: ADA })])
    const { source, id } = sessionsEvent([])
    expect(world.progress.facts()).toEqual([
      {
        ...{ event: { source, id }, run: 'run-1', by: 'end-sessions', at: expect.any(Number) },
        ends: [{ index: 4, kind: 'ended', code: 'ended', at: expect.any(Number) }],
        passedOn: [],
      },
    ])
    const [end] = world.progress.facts().flatMap(({ ends }) => ends)
    expect(end?.at).toBeGreaterThan(startedAt)
    expect(end?.at).toBeLessThanOrEqual(world.progress.facts()[0]?.at ?? 0)
  })

  it('is who was skipped and why', async () => {
    const world = createWorld({ config: { mode: 'dry_run' } })
    await world.handle([messageOf({ 4: ADA })])
    expect(world.progress.facts()).toMatchObject([{ ends: [{ index: 4, kind: 'skipped', code: 'dry_run' }] }])
  })

  it('is who was dead-lettered and why, in a letter that says run and index', async () => {
    const world = createWorld()
    world.stytch = () => answers.timeout()
    await world.handle([messageOf({ 4: ADA }, GAVE_UP)])
    expect(world.progress.facts()).toMatchObject([
      { ends: [{ index: 4, kind: 'dead_lettered', code: 'sessions_not_ended' }] },
    ])
    expect(world.deadLetters()[0]?.body).toMatchObject({ resetrun: 'run-1' })
    expect(rowsIn(world.sent['dead-letter'])).toEqual([{ email_address: ADA, row_index: 4 }])
  })

  it('is one fact for each run of a batch', async () => {
    const world = createWorld({ config: { mode: 'dry_run' } })
    await world.handle([
      messageOf({ 0: ADA }),
      messageOf({ 1: BOB }, { resetrun: 'run-2' }),
      messageOf({ 2: BOB }),
    ])
    const kept = world.progress.facts().map(({ run, ends }) => [run, ends.map(({ index }) => index)])
    expect(kept).toEqual([
      ['run-1', [0, 2]],
      ['run-2', [1]],
    ])
  })

  it.each([
    ['in a message of an older version', sessionsEvent([ADA])],
    ['in a body that is not an event', 'rubbish'],
  ])('is nothing about people %s', async (_, message) => {
    const world = createWorld()
    await world.handle([message])
    expect(world.progress.facts().flatMap(({ ends }) => ends)).toEqual([])
  })

  it('is nothing about somebody who is deferred, whose index and run stay', async () => {
    const world = createWorld()
    world.stytch = ({ endpoint }) => (endpoint === 'sessions' ? answers.timeout() : undefined)
    await world.handle([messageOf({ 4: ADA })])
    expect(world.progress.facts()).toEqual([])
    expect(world.deferred()[0]?.event).toMatchObject({ resetrun: 'run-1' })
    expect(rowsIn(world.sent.sessions)).toMatchObject([
      { row_index: 4, found: [{ member_id: 'member-test-acme-0' }] },
    ])
  })
})

describe('somebody whose sessions the ledger says have ended', () => {
  it('has had them ended, if that was for this very event, since the moment of the row', async () => {
    const world = createWorld()
    await world.handle([messageOf({ 4: ADA })])
    await world.handle([messageOf({ 4: ADA })])
    const [row] = world.rows.values()
    expect(world.progress.facts()[1]?.ends).toEqual([
      { index: 4, kind: 'ended', code: 'ended', at: row?.endedAt },
    ])
    expect(world.recorder.lines.map(({ code }) => code)).toEqual([undefined, 'sessions_covered'])
  })

  it('has had them ended for this very event although others of their members had to be read back', async () => {
    const world = createWorld()
    await world.handle([messageOf({ 4: ADA })])
    const [row] = world.rows.values()
    const revoked_at = '2026-11-20T11:59:40.000Z'
    const found = [{ member_id: 'member-test-acme-0', organization_id: 'organization-test-acme', revoked_at }]
    const event = messageOf({ 4: ADA })
    await world.handle([
      { ...event, data: { ...event.data, members: event.data.members.map((row) => ({ ...row, found })) } },
    ])
    expect(world.progress.facts()[1]?.ends).toMatchObject([{ kind: 'ended', at: row?.endedAt }])
  })

  it.each([
    ['id', { id: 'harvest-2' }],
    ['source', { source: 'urn:feed:2' }],
  ])('is covered, if that was for an event of another %s', async (_, other) => {
    const world = createWorld()
    await world.handle([messageOf({ 4: ADA }, other)])
    await world.handle([messageOf({ 4: ADA })])
    expect(world.progress.facts()[1]?.ends).toEqual([{ index: 4, kind: 'skipped', code: 'sessions_covered' }])
  })
})
