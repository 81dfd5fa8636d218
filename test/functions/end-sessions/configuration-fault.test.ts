import { describe, expect, it } from 'vitest'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, sessionsEvent } from '../../fakes/create-sessions-world.ts'

const ADA = 'ada@x.example'
const people = (count: number) => Array.from({ length: count }, (_, i) => `m${i}@x.example`)

function worldOf(emails: readonly string[], options: Parameters<typeof createSessionsWorld>[0] = {}) {
  const world = createSessionsWorld(options)
  for (const email of emails) world.members.add(email)
  return world
}

describe('a configuration fault', () => {
  it.each([
    ['a search', 'organizations', 1],
    ['a revoke', 'revoke', 1],
    ['a read-back', 'sessions', 1],
  ] as const)(
    'of %s stops the calls, dead-letters nobody and defers everybody',
    async (_, failing, calls) => {
      const world = worldOf(people(40), { config: { callsInFlight: 1 } })
      world.stytch = ({ endpoint }) =>
        endpoint === failing ? answers.error(403, 'enterprise_endpoint') : undefined
      await world.handle([sessionsEvent(people(40))])
      expect(world.callsOf(failing)).toHaveLength(calls)
      expect(world.deadLetters()).toEqual([])
      expect(world.deferred().flatMap(({ event }) => event.data.members)).toHaveLength(40)
      expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
      expect(world.recorder.total('ConfigurationFault')).toBe(1)
    },
  )

  it.each(['organizations', 'members', 'revoke', 'sessions'] as const)(
    'is found in twenty refusals of %s with one unknown error, and not blamed on the people',
    async (failing) => {
      const world = worldOf(people(60))
      world.stytch = ({ endpoint }) =>
        endpoint === failing ? answers.error(400, 'brand_new_error') : undefined
      await world.handle([sessionsEvent(people(30)), sessionsEvent(people(60).slice(30))])
      expect(world.callsOf(failing).length).toBeLessThanOrEqual(24)
      expect(world.deadLetters()).toEqual([])
      expect(world.deferred().flatMap(({ event }) => event.data.members)).toHaveLength(60)
      expect(new Set(world.recorder.lines.map(({ code }) => code))).toEqual(
        new Set(['stytch_error_brand_new_error']),
      )
      expect(world.recorder.total('ConfigurationFault')).toBe(1)
    },
  )

  it('is not found in unknown refusals once any other answer has come from that endpoint', async () => {
    const world = worldOf(people(60))
    world.stytch = ({ endpoint, memberId }) =>
      endpoint === 'revoke' && memberId !== 'member-test-acme-0'
        ? answers.error(400, 'brand_new_error')
        : undefined
    await world.handle([sessionsEvent(people(60))])
    expect(world.deadLetters()).toHaveLength(59)
  })

  it.each([
    ['an empty ledger key', { 'ledger-key': '' }, 'ledger_key_invalid'],
    ['a ledger key of 31 characters', { 'ledger-key': 'k'.repeat(31) }, 'ledger_key_invalid'],
    ['an empty secret', { stytch: '' }, 'stytch_secret_invalid'],
    [
      'a key for the other environment',
      { stytch: '{"project_id":"project-live-1","secret":"s"}' },
      'stytch_environment_mismatch',
    ],
  ])('%s: calls nobody', async (_, secrets, code) => {
    const world = worldOf([ADA])
    Object.assign(world.secrets, secrets)
    await world.handle([sessionsEvent([ADA])])
    expect(world.calls).toEqual([])
    expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code, person: undefined }])
  })

  it.each([
    ['other key', 'ledger_key_mismatch'],
    ['other project', 'ledger_project_mismatch'],
  ] as const)('the ledger of the %s: calls nobody', async (found, code) => {
    const world = worldOf([ADA], { effects: { checkSentinel: async () => found } })
    await world.handle([sessionsEvent([ADA])])
    expect(world.calls).toEqual([])
    expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code }])
  })

  it('secrets that can not be read: nobody is called or given up, and the others of the batch wait too', async () => {
    const world = worldOf([ADA], {
      effects: { readSecret: async () => Promise.reject(new Error('Secrets Manager is down')) },
    })
    const late = { firsttriedat: '2026-11-18T12:00:00.000Z' }
    await world.handle([sessionsEvent([ADA], late), sessionsEvent(['bob@x.example'], late)])
    expect([world.calls, world.deadLetters()]).toEqual([[], []])
    expect(world.deferred()).toHaveLength(2)
    expect(world.recorder.total('DependencyUnavailable')).toBe(1)
  })

  it('a rotated key is read again, and the sessions end', async () => {
    let fresh = false
    const world = worldOf([ADA], {
      effects: {
        readSecret: async (name, options) => {
          fresh ||= options.fresh
          const secret = fresh ? 'new' : 'wrong'
          return name === 'ledger-key'
            ? 'k'.repeat(64)
            : JSON.stringify({ project_id: 'project-test-1', secret })
        },
      },
    })
    await world.handle([sessionsEvent([ADA])])
    expect(world.members.sessions).toEqual([])
    expect(world.recorder.total('ConfigurationFault')).toBe(0)
  })
})
