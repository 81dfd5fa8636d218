import { describe, expect, it } from 'vitest'
import type { SessionsEvent } from '../../../lib/contract/breach-event.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, RESET_AT, sessionsEvent } from '../../fakes/create-sessions-world.ts'

const ADA = 'ada@x.example'

async function worldAfter(event: SessionsEvent, answer?: ReturnType<typeof answers.timeout>) {
  const world = createSessionsWorld()
  world.members.add(ADA)
  world.stytch = ({ endpoint }) => (endpoint === 'revoke' ? answer : undefined)
  await world.handle([event])
  return world
}

const outcomes = ['SessionsEnded', 'MembersSkipped', 'MembersDeadLettered', 'MembersDeferred'] as const

describe('the metrics of end-sessions', () => {
  it('count every outcome once, and each end as a success or not', async () => {
    const world = createSessionsWorld()
    for (const [index, name] of ['ada', 'bob', 'cid', 'dan'].entries())
      world.members.add(`${name}@x.example`, `o${index}`)
    world.stytch = ({ endpoint, memberId }) => {
      if (endpoint !== 'revoke') return undefined
      if (memberId.endsWith('1')) return answers.error(403, 'organization_suspended')
      return memberId.endsWith('2') ? answers.timeout() : undefined
    }
    await world.handle([
      sessionsEvent(['ada', 'bob', 'cid', 'dan'].map((name) => `${name}@x.example`)),
      sessionsEvent([ADA]),
    ])
    expect(outcomes.map(world.recorder.total)).toEqual([2, 1, 1, 1])
    expect(world.recorder.values('MemberSucceeded').toSorted()).toEqual([0, 1, 1, 1])
    expect(world.recorder.total('MembersReset')).toBe(0)
  })

  it('count calls, latencies and throttling of every endpoint', async () => {
    const { calls, recorder } = await worldAfter(sessionsEvent([ADA]))
    expect(recorder.total('StytchCalls')).toBe(calls.length)
    expect(recorder.values('StytchLatencyMs')).toHaveLength(calls.length)
    expect(recorder.values('StytchThrottled')).toEqual(calls.map(() => 0))
    expect(recorder.total('StytchAnswered2xx')).toBe(4)
    const throttled = await worldAfter(sessionsEvent([ADA]), answers.error(429, 'too_many_requests'))
    expect(throttled.recorder.total('StytchThrottled')).toBe(3)
  })

  it('say how long after the reset the sessions ended', async () => {
    const { clock, recorder } = await worldAfter(sessionsEvent([ADA]))
    expect(recorder.values('ResetToSessionsEndedMs')).toEqual([clock.now() - Date.parse(RESET_AT)])
  })

  it('say of somebody who still waits how long it has been', async () => {
    const { clock, recorder } = await worldAfter(sessionsEvent([ADA]), answers.timeout())
    expect(recorder.values('ResetToSessionsEndedMs')).toEqual([clock.now() - Date.parse(RESET_AT)])
  })

  it.each([
    ['somebody who was reset long ago, for another event', { sentat: '2026-11-20T11:59:31.000Z' }],
    ['an event of which nobody knows when it was sent', { sentat: undefined }],
  ])('do not say it of %s', async (_, overrides) => {
    const { recorder } = await worldAfter(sessionsEvent([ADA], overrides))
    expect(recorder.values('ResetToSessionsEndedMs')).toEqual([])
    expect(recorder.total('SessionsEnded')).toBe(1)
  })

  it.each([
    ['skipped', { data: { ...sessionsEvent([ADA]).data, mode: 'dry_run' as const } }, undefined],
    ['dead-lettered', {}, answers.error(403, 'organization_suspended')],
  ])('do not say it of somebody who is %s', async (_, overrides, answer) => {
    const { recorder } = await worldAfter(sessionsEvent([ADA], overrides), answer)
    expect(recorder.values('ResetToSessionsEndedMs')).toEqual([])
  })

  it('say how long a deferred person has been tried', async () => {
    const tried = sessionsEvent([ADA], { firsttriedat: '2026-11-20T11:15:00.000Z' })
    const [waitingMs = 0] = (await worldAfter(tried, answers.timeout())).recorder.values('MemberWaitingMs')
    expect(Math.floor(waitingMs / 60_000)).toBe(45)
    expect((await worldAfter(tried)).recorder.values('MemberWaitingMs')).toEqual([])
  })

  it('tie a line to its event and its person, without personal data', async () => {
    const event = sessionsEvent([ADA], { correlationid: 'T-1', attempts: 2 })
    const { recorder, rows } = await worldAfter(event)
    expect(recorder.lines).toEqual([
      {
        ...{ event_source: 'urn:detector:stealer-logs', event_id: '41234-2026-11-20' },
        ...{ correlation_id: 'T-1', outcome: 'ended', attempts: 2 },
        person: [...rows.keys()][0],
        stytch_request_id: 'request-1',
      },
    ])
  })
})
