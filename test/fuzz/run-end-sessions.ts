import fc from 'fast-check'
import type { Mode, SessionsEvent, SessionsMember } from '../../lib/contract/breach-event.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { answers } from '../fakes/create-reset-world.ts'
import { createSessionsWorld, RESET_AT, sessionsEvent } from '../fakes/create-sessions-world.ts'
import { success } from '../fakes/create-stytch-members.ts'
import { DOMAIN, MEMBER, PASSWORD } from '../leaks/planted.ts'
import { mostly } from './hostile.ts'
import type { Sending } from './run-fan-out.ts'
import { sessionsAnswer } from './sessions-answers.ts'

const usual = fc.constantFrom(
  ...[undefined, undefined, undefined, answers.timeout(), answers.json(503, {}), success({})],
  ...[answers.error(404, 'session_not_found'), answers.error(403, 'organization_suspended')],
)

/** What the world around end-sessions does in one invocation. A list is used up step by step; after its end everything works. */
export const sessionsWorldScript = fc.record({
  answers: fc.array(fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: sessionsAnswer }), {
    maxLength: 40,
  }),
  sendings: fc.array(mostly<Sending>('taken', 'refused', 'unanswered'), { maxLength: 6 }),
  writes: fc.array(mostly<'works' | 'fails'>('works', 'fails'), { maxLength: 4 }),
  read: mostly<'works' | 'fails'>('works', 'fails'),
  remainingMs: mostly(60_000, 2020, 0),
  mode: mostly<Mode>('enforce', 'dry_run'),
})

type Script = typeof sessionsWorldScript extends fc.Arbitrary<infer Value> ? Value : never

const row: fc.Arbitrary<SessionsMember> = fc.record({
  email_address: fc.constantFrom(
    ...['kay', 'Kay', 'lin', 'max', 'nobody'].map((name) => `${name}@${DOMAIN}`),
  ),
  reset_at: mostly(RESET_AT, '2026-11-20T11:00:00.000Z', '2031-01-01T00:00:00.000Z'),
})

/** An event that require-reset or end-sessions has put on the sessions queue, for the clock of the sessions world. */
export const sessionsEventValue: fc.Arbitrary<SessionsEvent> = fc
  .record({
    overrides: fc.record({
      attempts: fc.constantFrom(0, 1, 20),
      firsttriedat: mostly<string | undefined>(undefined, '2026-11-19T11:00:00.000Z'),
    }),
    mode: mostly<Mode | undefined>(undefined, 'dry_run'),
    members: fc.array(row, { minLength: 1, maxLength: 5 }),
  })
  .map(({ overrides, mode, members }) => {
    const event = sessionsEvent([])
    return JSON.parse(JSON.stringify({ ...event, ...overrides, data: { ...event.data, mode, members } }))
  })

/** Runs one batch through end-sessions in a world that follows a script, and whose errors quote what must not be reported. */
export async function runEndSessions(bodies: readonly string[], script: Script) {
  const given = [...script.answers]
  const sendings = [...script.sendings]
  const writes = [...script.writes]
  const unsent: OutgoingMessage[] = []
  const fail = () => {
    throw new Error(`${MEMBER}: ${PASSWORD}`)
  }
  const world = createSessionsWorld({
    config: { mode: script.mode },
    effects: {
      readEnded: async () => (script.read === 'fails' ? fail() : new Map()),
      writeEnded: async (rows) => {
        if (writes.shift() === 'fails') fail()
        for (const one of rows) world.rows.set(one.person, one)
      },
      sendMessages: async (queue, some) => {
        const messages = [...some]
        if (messages.length === 0) return { refused: [] }
        const sending = sendings.shift() ?? 'taken'
        if (sending === 'taken') world.sent[queue]?.push(...messages)
        else unsent.push(...messages)
        if (sending === 'unanswered') fail()
        return { refused: sending === 'refused' ? messages : [] }
      },
    },
  })
  for (const name of ['kay', 'lin', 'max']) world.members.add(`${name}@${DOMAIN}`, 'one', 'two')
  world.members.add(`somebody-else@${DOMAIN}`, 'one')
  world.stytch = () => given.shift()
  const { batchItemFailures } = await world.handle(bodies, script.remainingMs)
  const failed = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)))
  return { failed: new Set(failed), world, unsent }
}
