import { describe, expect, it } from 'vitest'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const ACKNOWLEDGED = { batchItemFailures: [] }

describe('a configuration fault', () => {
  it.each([
    ['wrong password mode', answers.error(400, 'cross_org_passwords_not_enabled')],
    ['a wrong key', answers.error(401, 'unauthorized_credentials')],
  ])(
    '%s: stops the calls, dead-letters nobody and defers everybody with the longest delay',
    async (_, answer) => {
      const world = createResetWorld({ config: { requestsPerSecond: 10 } })
      world.stytch = () => answer
      const emails = Array.from({ length: 40 }, (_, i) => `m${i}@x.example`)
      await world.handle([resetEvent(emails)])
      expect(world.calls).toHaveLength(1)
      expect(world.sent['dead-letter']).toEqual([])
      expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
      expect(world.deferred()[0]?.event.data.members).toHaveLength(40)
      expect(world.recorder.total('ConfigurationFault')).toBe(1)
    },
  )

  it('is found in twenty refusals with one unknown error, and not blamed on the members', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(400, 'brand_new_error')
    const emails = Array.from({ length: 60 }, (_, i) => `m${i}@x.example`)
    await world.handle([resetEvent(emails)])
    expect(world.calls).toHaveLength(20)
    expect(world.sent['dead-letter']).toEqual([])
    expect(world.deferred()[0]?.event.data.members).toHaveLength(60)
    await world.handle([resetEvent(emails.slice(0, 5))])
    expect(world.calls).toHaveLength(21)
  })

  it('is not blamed on the members of the other records of the batch either', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.error(400, 'brand_new_error')
    const people = Array.from({ length: 60 }, (_, i) => `m${i}@x.example`)
    await world.handle([0, 3, 6, 9, 30].map((from) => resetEvent(people.slice(from, from + 3 + from))))
    expect(world.sent['dead-letter']).toEqual([])
  })

  it('is not found in unknown refusals once any other answer has come', async () => {
    const world = createResetWorld()
    world.stytch = (email) =>
      email === 'm0@x.example' ? answers.reset() : answers.error(400, 'brand_new_error')
    await world.handle([resetEvent(Array.from({ length: 60 }, (_, i) => `m${i}@x.example`))])
    expect(world.sent['dead-letter']).toHaveLength(59)
  })

  it('a rotated key is read again, once, and the members are reset', async () => {
    const reads: boolean[] = []
    const world = createResetWorld({
      effects: {
        readSecret: async (name, { fresh }) => {
          if (name === 'ledger-key') return 'k'.repeat(64)
          reads.push(fresh)
          return JSON.stringify({
            project_id: 'project-test-1',
            secret: reads.includes(true) ? 'new' : 'wrong',
          })
        },
      },
    })
    await world.handle([resetEvent(Array.from({ length: 10 }, (_, i) => `m${i}@x.example`))])
    expect(reads.filter(Boolean)).toHaveLength(1)
    expect(world.rows.size).toBe(10)
    expect(world.sent.reset).toEqual([])
  })

  it('a refused key while the secret can not be read again is one, and fails no record', async () => {
    const world = createResetWorld({
      effects: {
        readSecret: async (name, { fresh }) => {
          if (fresh) throw new Error('Secrets Manager is down')
          return name === 'stytch' ? '{"project_id":"project-test-1","secret":"wrong"}' : 'k'.repeat(64)
        },
      },
    })
    expect(await world.handle([resetEvent(['ada@x.example'])])).toEqual(ACKNOWLEDGED)
    expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
    expect(world.sent['dead-letter']).toEqual([])
  })

  it('is found in twenty unusable answers, so that a captive portal does not dead-letter everyone', async () => {
    const world = createResetWorld()
    world.stytch = () => answers.json(200, '<html>')
    await world.handle([resetEvent(Array.from({ length: 60 }, (_, i) => `m${i}@x.example`))])
    expect(world.calls.length).toBeLessThanOrEqual(25)
    expect(world.sent['dead-letter']).toHaveLength(world.calls.length)
    expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
  })

  it.each([
    ['an empty ledger key', { 'ledger-key': '' }],
    ['a ledger key of 31 characters', { 'ledger-key': 'k'.repeat(31) }],
    ['an empty secret', { stytch: '' }],
    ['a secret that names no project', { stytch: '{"project_id":"","secret":""}' }],
  ])('%s: calls nobody', async (_, secrets) => {
    const world = createResetWorld()
    Object.assign(world.secrets, secrets)
    await world.handle([resetEvent(['ada@x.example'])])
    expect(world.calls).toEqual([])
    expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
  })

  it('a ledger key that changes while the environment lives is checked again', async () => {
    const checked: string[] = []
    const world = createResetWorld({
      effects: {
        checkSentinel: async (key) => {
          checked.push(key[0] ?? '')
          return key.startsWith('k') ? 'same' : 'other key'
        },
      },
    })
    await world.handle([resetEvent(['ada@x.example']), resetEvent(['bob@x.example'])])
    world.secrets['ledger-key'] = 'x'.repeat(64)
    await world.handle([resetEvent(['cid@x.example'])])
    expect(checked).toEqual(['k', 'x'])
    expect(world.calls).toHaveLength(2)
  })

  it.each([
    ['other key', 'ledger_key_mismatch'],
    ['other project', 'ledger_project_mismatch'],
  ] as const)(
    'the ledger of the %s: calls nobody, because nobody could be found covered',
    async (found, code) => {
      const world = createResetWorld({ effects: { checkSentinel: async () => found } })
      await world.handle([resetEvent(['ada@x.example'])])
      expect(world.calls).toEqual([])
      expect(world.recorder.lines).toMatchObject([{ outcome: 'deferred', code }])
      expect(world.recorder.total('ConfigurationFault')).toBe(1)
    },
  )

  it('a project that changes while the environment lives is checked again, with the same ledger key', async () => {
    const checked: string[] = []
    const world = createResetWorld({
      effects: {
        checkSentinel: async (_, projectId) => {
          checked.push(projectId)
          return projectId === 'project-test-1' ? 'same' : 'other project'
        },
      },
    })
    await world.handle([resetEvent(['ada@x.example'])])
    world.secrets.stytch = '{"project_id":"project-test-2","secret":"s"}'
    await world.handle([resetEvent(['bob@x.example'])])
    await world.handle([resetEvent(['cid@x.example'])])
    expect(checked).toEqual(['project-test-1', 'project-test-2', 'project-test-2'])
    expect(world.calls).toHaveLength(1)
  })

  it.each([
    ['test', 'live'],
    ['live', 'test'],
  ] as const)(
    'a %s key in a stage for %s: asks nobody, not even the ledger',
    async (key, stytchEnvironment) => {
      const checked: string[] = []
      const world = createResetWorld({
        config: { stytchEnvironment },
        effects: {
          checkSentinel: async (...keys) => {
            checked.push(...keys)
            return 'same'
          },
        },
      })
      world.secrets.stytch = JSON.stringify({ project_id: `project-${key}-1`, secret: 's' })
      await world.handle([resetEvent(['ada@x.example'])])
      expect([checked, world.calls]).toEqual([[], []])
      expect(world.deferred()).toMatchObject([{ delaySeconds: 900 }])
      expect(world.recorder.lines).toMatchObject([
        { outcome: 'deferred', code: 'stytch_environment_mismatch' },
      ])
    },
  )
})
