import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../lib/stytch/ask-stytch.ts'
import { answers } from '../../fakes/create-reset-world.ts'
import { createSessionsWorld, sessionsEvent } from '../../fakes/create-sessions-world.ts'
import type { SessionsCall } from '../../fakes/create-stytch-members.ts'

const RUNS = 500
const MAX_DELIVERIES = 60
const DONE = '{"status_code":200,"request_id":"request-1"}'

const rolls = fc.array(fc.nat(99), { minLength: 30, maxLength: 120 })

/**
 * A thief who holds a session of each member, and exchanges one for a new one of any member, before any call that `rolls` says. The
 * next roll says whether the call fails: revokes that end nothing, or end all without an answer, and refused calls. Then nothing happens any more.
 */
function worldOfThief(members: number, rolls: number[]) {
  const world = createSessionsWorld()
  world.members.add('ada@x.example', ...['one', 'two', 'three'].slice(0, members))
  const ids = world.members.all.map(({ memberId }) => memberId)
  let rolled = 0
  const roll = () => rolls[rolled++] ?? 99

  function exchange(): void {
    const way = roll()
    const to = ids[way % ids.length]
    if (way < 30 && to && world.members.sessions.length > 0)
      world.members.open(to, new Date(world.clock.now()).toISOString())
  }

  function fail({ endpoint, memberId }: SessionsCall): Answer | undefined {
    const way = roll()
    if (way >= 30) return undefined
    if (endpoint !== 'revoke' || way < 10) return answers.json(503, {})
    const done: Answer = { kind: 'answered', status: 200, body: DONE, retryAfter: undefined }
    if (way < 20) return { ...done, date: new Date(world.clock.now()).toUTCString() }
    world.members.sessions = world.members.sessions.filter((session) => session.memberId !== memberId)
    return answers.timeout()
  }

  world.stytch = (call) => {
    exchange()
    return fail(call)
  }
  return { world, exchange }
}

describe('a thief who exchanges sessions between the members of a person, whatever fails', () => {
  it('has none left when the person has ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), rolls, async (members, given) => {
        const { world, exchange } = worldOfThief(members, given)
        await world.handle([sessionsEvent(['ada@x.example'])])
        for (let delivery = 0; delivery < MAX_DELIVERIES; delivery++) {
          const events = world.deferred().map(({ event }) => event)
          if (events.length === 0) break
          world.sent.sessions = []
          world.clock.advance(30_000)
          exchange()
          await world.handle(events)
        }
        expect(world.recorder.lines.at(-1)).toMatchObject({ outcome: 'ended' })
        expect(world.members.sessions).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })
})
