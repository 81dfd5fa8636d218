import { describe, expect, it } from 'vitest'
import type { ResetEvent } from '../../../lib/contract/breach-event.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import type { MetricName } from '../../../lib/observability/observe.ts'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { answers, createResetWorld, resetEvent } from '../../fakes/create-reset-world.ts'

const ANSWERS: [MetricName, Answer][] = [
  ['StytchAnswered2xx', answers.reset()],
  ['StytchAnswered2xx', answers.json(200, {})],
  ['StytchAnswered4xx', answers.error(404, 'email_not_found')],
  ['StytchAnswered4xx', { kind: 'answered', status: 302, body: '', retryAfter: undefined }],
  ['StytchAnswered4xx', { kind: 'answered', status: 101, body: '', retryAfter: undefined }],
  ['StytchThrottled', answers.error(429, 'too_many_requests')],
  ['StytchAnswered5xx', answers.json(503, {})],
  ['StytchUnanswered', answers.timeout()],
  ['StytchUnanswered', { kind: 'unreachable', code: 'unreachable' }],
]
const CLASSES = [...new Set(ANSWERS.map(([name]) => name))]
/** A canary event as fan-out sends it on. */
const canary: ResetEvent = Object.assign(resetEvent([]), canaryEvent('1', '2026-11-20T11:59:00Z'))

async function worldAfter(
  answer: Answer | Promise<never>,
  event: ResetEvent = resetEvent(['ada@x.example']),
) {
  const world = createResetWorld()
  world.stytch = () => answer
  await world.handle([event])
  return world
}

describe('the metrics of require-reset', () => {
  it.each(ANSWERS)('count a call as %s alone', async (name, answer) => {
    const { calls, recorder } = await worldAfter(answer)
    expect(CLASSES.filter((other) => recorder.total(other) > 0)).toEqual([name])
    expect([recorder.total('StytchCalls'), recorder.total(name)]).toEqual([calls.length, calls.length])
  })

  it.each(ANSWERS)('say of each call whether it was throttled: %s', async (name, answer) => {
    const { calls, recorder } = await worldAfter(answer)
    expect(recorder.values('StytchThrottled')).toEqual(calls.map(() => (name === 'StytchThrottled' ? 1 : 0)))
  })

  it('say when 20 calls in a row have failed, and again with each try until one succeeds', async () => {
    const world = createResetWorld()
    const emails = Array.from({ length: 30 }, (_, index) => `m${index}@x.example`)
    world.stytch = () => answers.json(503, {})
    await world.handle([resetEvent(emails.slice(0, 6))])
    expect(world.recorder.total('StytchUnavailable')).toBe(0)
    await world.handle([resetEvent(emails)])
    const atFirst = world.recorder.total('StytchUnavailable')
    expect(atFirst).toBeGreaterThan(0)
    world.clock.advance(15_000)
    await world.handle([resetEvent(['later@x.example'])])
    expect(world.recorder.total('StytchUnavailable')).toBe(atFirst + 1)
    world.clock.advance(30_000)
    world.stytch = () => answers.reset()
    await world.handle([resetEvent(emails)])
    expect(world.recorder.total('StytchUnavailable')).toBe(atFirst + 1)
  })

  it('count an unusable answer, and one about somebody else', async () => {
    const mismatch = answers.json(200, {
      ...{ status_code: 200, request_id: 'r' },
      member: { email_address: 'else@x.example' },
    })
    for (const answer of [answers.json(200, {}), mismatch]) {
      expect((await worldAfter(answer)).recorder.total('StytchUnusable')).toBe(1)
    }
    expect((await worldAfter(answers.reset())).recorder.values('StytchUnusable')).toEqual([])
  })

  it.each([
    ['names nobody', answers.reset(), 1],
    [
      'names a member',
      answers.json(200, { status_code: 200, request_id: 'r', member_id: 'member-test-1' }),
      0,
    ],
    ['is unusable', answers.json(200, {}), 0],
  ])('say of a 2xx whether it counts although it names nobody: one that %s', async (_, answer, value) => {
    expect((await worldAfter(answer)).recorder.values('StytchNamedNobody')).toEqual([value])
  })

  it('count every outcome once, and each end as a success or not', async () => {
    const world = createResetWorld()
    const byEmail: Record<string, Answer> = {
      'm0@x.example': answers.error(404, 'email_not_found'),
      'm1@x.example': answers.error(400, 'invalid_email'),
      'm2@x.example': answers.timeout(),
    }
    world.stytch = (email) => byEmail[email] ?? answers.reset()
    await world.handle([resetEvent([0, 1, 2, 3, 4].map((index) => `m${index}@x.example`))])
    const outcomes = ['MembersReset', 'MembersSkipped', 'MembersDeadLettered', 'MembersDeferred'] as const
    expect(outcomes.map(world.recorder.total)).toEqual([2, 1, 1, 1])
    expect(world.recorder.values('MemberSucceeded').toSorted()).toEqual([0, 1, 1, 1])
  })

  it.each<[string, Answer, Partial<ResetEvent>, number[]]>([
    ['who was reset', answers.reset(), {}, [0]],
    ['without a password', answers.error(404, 'member_password_not_found'), {}, [0]],
    ['whom Stytch refuses to reset', answers.error(400, 'organization_suspended'), {}, [0]],
    ['whom Stytch does not know', answers.error(404, 'email_not_found'), {}, [1]],
    ['who is deferred', answers.timeout(), {}, []],
    ['of an expired event', answers.reset(), { expirytime: '2026-11-20T11:59:59Z' }, []],
  ])('say of a person %s whether they are a stranger', async (_, answer, more, values) => {
    const { recorder } = await worldAfter(answer, resetEvent(['ada@x.example'], more))
    expect(recorder.values('MemberUnknown')).toEqual(values)
  })

  it('say that somebody is a stranger whom the event named with ids, and nothing of a canary or a dry run', async () => {
    const stranger = answers.error(404, 'email_not_found')
    const named = resetEvent(['ada@x.example'])
    named.data.members = named.data.members.map((row) => ({ ...row, member_id: 'm' }))
    const { recorder, deadLetters } = await worldAfter(stranger, named)
    expect(deadLetters()).toHaveLength(1)
    expect(recorder.values('MemberUnknown')).toEqual([1])
    const dry = { ...named, data: { ...named.data, mode: 'dry_run' as const } }
    for (const event of [canary, dry])
      expect((await worldAfter(stranger, event)).recorder.values('MemberUnknown')).toEqual([])
  })

  it('say how long a deferred member has been tried', async () => {
    const tried = resetEvent(['ada@x.example'], { firsttriedat: '2026-11-20T11:15:00.000Z' })
    const [waitingMs = 0] = (await worldAfter(answers.timeout(), tried)).recorder.values('MemberWaitingMs')
    expect(Math.floor(waitingMs / 60_000)).toBe(45)
    expect((await worldAfter(answers.timeout())).recorder.values('MemberWaitingMs')).toEqual([0])
    expect((await worldAfter(answers.reset(), tried)).recorder.values('MemberWaitingMs')).toEqual([])
  })

  it('count a canary that came through, and nothing else, as passed', async () => {
    const stranger = answers.error(404, 'email_not_found')
    expect((await worldAfter(stranger, canary)).recorder.total('CanaryPassed')).toBe(1)
    expect((await worldAfter(stranger)).recorder.total('CanaryPassed')).toBe(0)
    const claimed = { ...canary, data: { ...canary.data, members: [{ email_address: 'ada@x.example' }] } }
    expect((await worldAfter(stranger, claimed)).recorder.total('CanaryPassed')).toBe(0)
    for (const answer of [
      answers.error(404, 'member_password_not_found'),
      answers.timeout(),
      answers.reset(),
      answers.error(401, 'unauthorized_credentials'),
    ]) {
      expect((await worldAfter(answer, canary)).recorder.total('CanaryPassed')).toBe(0)
    }
  })

  it('let a canary of a dry run pass, as far as that goes', async () => {
    const world = createResetWorld({ config: { mode: 'dry_run' } })
    await world.handle([{ ...canary, data: { ...canary.data, mode: 'dry_run' } }])
    expect(world.recorder.total('CanaryPassed')).toBe(0)
    await world.handle([canary])
    expect([world.calls.length, world.recorder.total('CanaryPassed')]).toEqual([0, 1])
  })

  it('count each time that ledger or secrets can not be reached', async () => {
    const down = () => Promise.reject(new Error('down'))
    for (const effects of [{ readRows: down }, { readSecret: down }]) {
      const world = createResetWorld({ effects })
      await world.handle([resetEvent(['ada@x.example'])])
      expect(world.recorder.total('DependencyUnavailable')).toBe(1)
    }
  })
})
