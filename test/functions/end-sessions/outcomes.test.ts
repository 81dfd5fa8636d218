import { describe, expect, it } from 'vitest'
import type { SessionsEvent } from '../../../lib/contract/breach-event.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { createSessionsWorld, RESET_AT, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import { success } from '../../fakes/create-stytch-members.ts'

const ACKNOWLEDGED = { batchItemFailures: [] }
const ADA = 'ada@x.example'

function worldWith(...emails: readonly string[]) {
  const world = createSessionsWorld()
  for (const email of emails) world.members.add(email)
  return world
}

const resetAt = (reset_at: string, email_address = ADA): SessionsEvent => {
  const event = sessionsEvent([])
  return { ...event, data: { ...event.data, members: [{ email_address, reset_at }] } }
}

describe('somebody who was reset', () => {
  it('has no session left, and that is in the ledger before the record is acknowledged', async () => {
    const world = worldWith(ADA)
    const begun = world.clock.now()
    expect(await world.handle([sessionsEvent([ADA])])).toEqual(ACKNOWLEDGED)
    expect(world.members.sessions).toEqual([])
    const [row] = world.rows.values()
    expect(row).toMatchObject({
      resetAt: Date.parse(RESET_AT),
      source: 'urn:detector:stealer-logs',
      eventId: '41234-2026-11-20',
    })
    expect(row?.endedAt).toBeGreaterThanOrEqual(begun)
    expect(row?.endedAt).toBeLessThanOrEqual(world.callsOf('revoke')[0]?.at ?? 0)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended', code: undefined }])
    expect(JSON.stringify([...world.rows])).not.toContain('ada')
  })

  it('is searched, revoked and read back with what each endpoint takes', async () => {
    const world = worldWith(ADA)
    await world.handle([sessionsEvent([ADA])])
    expect(world.calls).toMatchObject([
      { endpoint: 'organizations', emails: [ADA] },
      { endpoint: 'members', emails: [ADA], organizationIds: ['organization-test-acme'] },
      { endpoint: 'revoke', memberId: 'member-test-acme-0' },
      { endpoint: 'sessions', memberId: 'member-test-acme-0' },
    ])
  })

  it('loses the sessions of all organizations, each revoked and read back once', async () => {
    const world = createSessionsWorld()
    world.members.add(ADA, 'one', 'two', 'three')
    await world.handle([sessionsEvent([ADA])])
    expect(world.members.sessions).toEqual([])
    const members = world.members.all.map(({ memberId }) => memberId)
    expect(world.callsOf('revoke').map(({ memberId }) => memberId)).toEqual(members)
    expect(world.callsOf('sessions').map(({ memberId }) => memberId)).toEqual(members)
    expect(world.recorder.lines).toMatchObject([{ outcome: 'ended' }])
    expect(world.rows.size).toBe(1)
  })

  it('and nobody else is logged out, also nobody of the same organization', async () => {
    const world = worldWith(ADA, 'bob@x.example')
    await world.handle([sessionsEvent([ADA])])
    expect(world.members.sessions).toMatchObject([{ memberId: 'member-test-acme-1' }])
  })

  it('is found whatever capitals the event and Stytch have, also beyond ASCII', async () => {
    for (const [written, stored] of [
      ['ADA@X.Example', ADA],
      [ADA, 'Ada@X.Example'],
      ['ЮЛЯ@x.example', 'юля@x.example'],
      ['юля@x.example', 'ЮЛЯ@x.example'],
    ] as const) {
      const world = worldWith(stored)
      await world.handle([sessionsEvent([written])])
      expect(world.members.sessions).toEqual([])
    }
  })

  it('is searched as the event spells them, too: Stytch may leave capitals beyond ASCII as they are', async () => {
    const world = worldWith('ЮЛЯ@x.example')
    world.stytch = ({ emails, endpoint }) =>
      endpoint === 'organizations' && !emails.includes('ЮЛЯ@x.example')
        ? success({ organizations: [], results_metadata: {} })
        : undefined
    await world.handle([sessionsEvent(['ЮЛЯ@X.example'])])
    expect(world.callsOf('members')).toMatchObject([{ emails: ['ЮЛЯ@x.example', 'юля@x.example'] }])
    expect(world.members.sessions).toEqual([])
  })

  it('is not somebody whose e-mail has a letter that only becomes theirs, such as the Kelvin sign', async () => {
    for (const [written, stored] of [
      ['\u212Aim@x.example', 'kim@x.example'],
      ['kim@x.example', '\u212Aim@x.example'],
    ] as const) {
      const world = worldWith(stored)
      await world.handle([sessionsEvent([written])])
      expect(world.callsOf('revoke')).toEqual([])
      expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'no_member_found' }])
    }
  })
})

describe('the ledger', () => {
  it('skips somebody whose sessions have ended since that reset, without a call', async () => {
    const world = worldWith(ADA)
    await world.handle([sessionsEvent([ADA])])
    world.members.open('member-test-acme-0')
    const before = world.calls.length
    await world.handle([resetAt('2026-11-20T11:59:30.000Z'), resetAt('2026-11-20T11:00:00.000Z')])
    expect(world.calls).toHaveLength(before)
    expect(world.members.sessions).toHaveLength(1)
    expect(world.recorder.lines.slice(1)).toMatchObject([
      { outcome: 'skipped', code: 'sessions_covered' },
      { outcome: 'skipped', code: 'sessions_covered' },
    ])
  })

  it('does not hide somebody who was reset again, however soon', async () => {
    const world = worldWith(ADA)
    await world.handle([sessionsEvent([ADA])])
    await world.handle([resetAt('2026-11-20T11:59:30.001Z')])
    expect(world.callsOf('revoke')).toHaveLength(2)
    expect([...world.rows.values()]).toMatchObject([{ resetAt: Date.parse('2026-11-20T11:59:30.001Z') }])
  })

  it('does not believe a reset that is later than its message, so that it hides no later one', async () => {
    const world = worldWith(ADA)
    const sentAt = world.clock.now() - 1000
    await world.handle([resetAt('2031-01-01T00:00:00.000Z')], undefined, sentAt)
    expect([...world.rows.values()]).toMatchObject([{ resetAt: sentAt }])
    world.members.open('member-test-acme-0')
    world.clock.advance(600_000)
    await world.handle([resetAt('2026-11-20T12:05:00.000Z')])
    expect(world.members.sessions).toEqual([])
  })

  it('that can not be read: calls nobody, and everyone waits for it', async () => {
    const down = () => Promise.reject(new Error('down'))
    const world = createSessionsWorld({ effects: { readEnded: down } })
    world.members.add(ADA)
    const late = { firsttriedat: '2026-11-18T12:00:00.000Z' }
    await world.handle([sessionsEvent([ADA, 'bob@x.example'], late)])
    expect(world.calls).toEqual([])
    expect(world.deadLetters()).toEqual([])
    expect(world.deferred()[0]?.event.data.members).toHaveLength(2)
    expect(world.recorder.lines[0]).toMatchObject({ outcome: 'deferred', code: 'ledger_unavailable' })
    expect(world.recorder.total('DependencyUnavailable')).toBe(1)
  })

  it('that can not be written: nobody else is called, and who has ended is recorded later without being logged out again', async () => {
    let down = true
    const world = createSessionsWorld({
      config: { callsInFlight: 1 },
      effects: {
        writeEnded: async (rows) => {
          if (down) throw new Error('down')
          for (const row of rows) world.rows.set(row.person, row)
        },
      },
    })
    world.members.add(ADA, 'one', 'two')
    const others = ['bob@x.example', 'cid@x.example', 'dan@x.example']
    for (const email of others) world.members.add(email)
    await world.handle([sessionsEvent([ADA, ...others])])
    const dan = 'member-test-acme-4'
    expect(world.callsOf('revoke').map(({ memberId }) => memberId)).not.toContain(dan)
    const [deferred] = world.deferred()
    expect(deferred?.event.data.members).toMatchObject([
      { email_address: ADA, found: [{ revoked_at: expect.any(String) }, { revoked_at: expect.any(String) }] },
      ...[{ found: [{ revoked_at: expect.any(String) }] }, { found: [{ revoked_at: expect.any(String) }] }],
      { email_address: 'dan@x.example' },
    ])
    const codes = world.recorder.lines.map(({ outcome, code }) => `${outcome} ${code}`)
    expect(codes).toEqual(Array(4).fill('deferred ledger_unavailable'))
    down = false
    world.calls.length = 0
    if (deferred) await world.handle([deferred.event])
    expect(world.callsOf('revoke').map(({ memberId }) => memberId)).toEqual([dan])
    expect(world.rows.size).toBe(4)
  })
})

describe('a dry run', () => {
  it.each([
    ['of the stage', { mode: 'dry_run' as const }, {}],
    ['of the event', {}, { mode: 'dry_run' as const }],
  ])('%s calls nobody', async (_, config, data) => {
    const world = createSessionsWorld({ config })
    world.members.add(ADA)
    const event = sessionsEvent([ADA])
    await world.handle([{ ...event, data: { ...event.data, ...data } }])
    expect(world.calls).toEqual([])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'skipped', code: 'dry_run' }])
  })
})

describe('a search that finds nobody', () => {
  it('is made again, because Stytch may not have indexed them yet', async () => {
    const world = createSessionsWorld()
    await world.handle([sessionsEvent([ADA])])
    const [deferred] = world.deferred()
    expect(deferred).toMatchObject({ event: { attempts: 1 }, delaySeconds: 12 })
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code: 'no_member_found' }])
    world.members.add(ADA)
    if (deferred) await world.handle([deferred.event])
    expect(world.members.sessions).toEqual([])
  })

  it('is the end after seven searches, over at least 8 minutes, of which nothing is recorded', async () => {
    const world = createSessionsWorld()
    let waited = 0
    let event: SessionsEvent | undefined = sessionsEvent([ADA])
    while (event) {
      const before = world.deferred().length
      await world.handle([event])
      const next = world.deferred()[before]
      waited += next?.delaySeconds ?? 0
      event = next?.event
    }
    expect(waited / 60).toBeGreaterThan(8)
    expect(waited / 60).toBeLessThan(16)
    expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'skipped', code: 'no_member_found' })
    expect([world.rows.size, world.deadLetters()]).toEqual([0, []])
  })

  it('is what a canary is for: it passes at once', async () => {
    const world = createSessionsWorld()
    const canary = Object.assign(sessionsEvent([]), canaryEvent('1', '2026-11-20T11:59:00Z'))
    const members = canary.data.members.map((row) => ({ ...row, reset_at: RESET_AT }))
    await world.handle([{ ...canary, data: { ...canary.data, members } }])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'skipped', code: 'no_member_found' }])
    expect(world.recorder.total('CanaryPassed')).toBe(1)
    await world.handle([sessionsEvent([ADA], { attempts: 6 })])
    expect(world.recorder.total('CanaryPassed')).toBe(1)
  })
})
