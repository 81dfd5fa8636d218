import fc from 'fast-check'
import { expect } from 'vitest'
import type { Mode, ResetEvent, ResetMember } from '../../lib/contract/breach-event.ts'
import { groupByPerson, normalizeEmail } from '../../lib/contract/person.ts'
import type { OutgoingMessage } from '../../lib/queue/send-messages.ts'
import { judgeReset, type ResetVerdict } from '../../lib/stytch/require-reset.ts'
import { answers, createResetWorld } from '../fakes/create-reset-world.ts'
import { MEMBER, PASSWORD } from '../leaks/planted.ts'
import { mostly } from './hostile.ts'
import type { Sending } from './run-fan-out.ts'
import { answered } from './stytch-answers.ts'

const SECRET = '{"project_id":"project-test-1","secret":"s"}'
const LIVE = '{"project_id":"project-live-1","secret":"s"}'

const usual = fc.constantFrom(
  ...[answers.reset(), answers.reset(), answers.timeout(), answers.json(503, {})],
  ...[answers.error(404, 'email_not_found'), answers.error(404, 'member_not_found')],
  ...[answers.error(400, 'member_password_not_found'), answers.error(400, 'organization_suspended')],
)

/** What the world around require-reset does in one invocation. A list is used up step by step; after its end everything works. */
export const resetWorldScript = fc.record({
  answers: fc.array(fc.oneof(answered, usual), { maxLength: 40 }),
  sendings: fc.array(mostly<Sending>('taken', 'refused', 'unanswered'), { maxLength: 6 }),
  writes: fc.array(mostly<'works' | 'fails'>('works', 'fails'), { maxLength: 8 }),
  read: mostly<'works' | 'fails'>('works', 'works', 'works', 'fails'),
  secret: mostly(
    SECRET,
    ...Array(4).fill(SECRET),
    '',
    '{',
    'null',
    LIVE,
    `{"project_id":"${MEMBER}"}`,
    'fails',
  ),
  sentinel: mostly<'same' | 'other key' | 'other project' | 'fails'>(
    ...(['same', 'same', 'same', 'other key', 'other project', 'fails'] as const),
  ),
  remainingMs: mostly(60_000, 2020, 2020, 0),
  mode: mostly<Mode>('enforce', 'dry_run'),
})

type Script = typeof resetWorldScript extends fc.Arbitrary<infer Value> ? Value : never

/**
 * Runs one batch through require-reset in a world that follows a script, and whose errors quote what must not be reported.
 * `unsent`: messages that could not be sent. `verdicts`: the calls, and what was answered.
 */
export async function runRequireReset(bodies: readonly string[], script: Script) {
  const { answers: given, sendings, writes } = structuredClone(script)
  const unsent: OutgoingMessage[] = []
  const verdicts: { email: string; kind: ResetVerdict['kind'] }[] = []
  const fail = () => {
    throw new Error(`${MEMBER}: ${PASSWORD}`)
  }
  const world = createResetWorld({
    config: { mode: script.mode },
    effects: {
      checkSentinel: async () => (script.sentinel === 'fails' ? fail() : script.sentinel),
      readSecret: async (name) => (script.secret === 'fails' ? fail() : world.secrets[name]),
      readRows: async (people) => (script.read === 'fails' ? fail() : world.ledger.effects.readRows(people)),
      writeResets: async (rows) => {
        if (writes.shift() === 'fails') fail()
        await world.ledger.effects.writeResets(rows)
      },
      writeUncertain: async (call) => {
        if (writes.shift() === 'fails') fail()
        await world.ledger.effects.writeUncertain(call)
      },
      requireReset: async (member) => {
        const answer = given.shift() ?? answers.reset()
        verdicts.push({
          email: member.email_address.toLowerCase(),
          kind: judgeReset(answer, member, 0).kind,
        })
        return answer
      },
      sendMessages: async (queue, given) => {
        const messages = [...given]
        if (messages.length === 0) return { refused: [] }
        const sending = sendings.shift() ?? 'taken'
        if (sending === 'taken') world.sent[queue]?.push(...messages)
        else unsent.push(...messages)
        if (sending === 'unanswered') fail()
        return { refused: sending === 'refused' ? messages : [] }
      },
    },
  })
  world.secrets.stytch = script.secret
  const { batchItemFailures } = await world.handle(bodies, script.remainingMs)
  const failed = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier.slice(1)))
  return { failed: new Set(failed), world, unsent, verdicts }
}

/**
 * Expects that each person of an event that require-reset has settled is reported once, and is in the ledger, skipped, in one dead
 * letter with all of their rows, or in one smaller event with some of them; and that no owed ledger row is forgotten.
 */
export function accountForPeople(
  event: ResetEvent,
  { world }: Awaited<ReturnType<typeof runRequireReset>>,
): void {
  const people = groupByPerson(event.data.members, emailOf)
  const lines = world.recorder.lines.filter(({ event_id }) => event_id === event.id)
  const reported = (outcome: string) => lines.filter((line) => line.outcome === outcome)
  const letters = rowsOf(world.sent['dead-letter'], event.id)
  const deferred = rowsOf(world.sent.reset, event.id).flatMap((rows) => groupByPerson(rows, emailOf))
  expect(lines).toHaveLength(people.length)
  expect(letters).toHaveLength(reported('dead_lettered').length)
  expect(deferred).toHaveLength(reported('deferred').length)
  for (const { person } of reported('reset')) expect(world.rows.has(person ?? '')).toBe(true)

  const gone = [...letters, ...deferred].map((rows) => personOf(rows[0]))
  expect(new Set(gone).size).toBe(gone.length)
  const rowsOfPerson = new Map(people.map((rows) => [personOf(rows[0]), rows]))
  for (const rows of letters) {
    const came = rowsOfPerson.get(personOf(rows[0])) ?? []
    expect(rows).toEqual(came.map(({ owed: _, uncertain: _u, idstried: _i, ...row }) => row))
  }
  for (const rows of deferred) {
    const came = rowsOfPerson.get(personOf(rows[0])) ?? []
    expect(came.map(idsOf)).toEqual(expect.arrayContaining(rows.map(idsOf)))
    const owed = came.find((row) => row.owed)?.owed
    if (owed) expect(rows.some((row) => row.owed)).toBe(true)
  }
}

const emailOf = (row: ResetMember) => row.email_address
const personOf = (row?: ResetMember) => normalizeEmail(row?.email_address ?? '')
const idsOf = ({ organization_id, member_id }: ResetMember) => JSON.stringify([organization_id, member_id])

function rowsOf(messages: readonly OutgoingMessage[] = [], id: string): ResetMember[][] {
  const events: ResetEvent[] = messages.map(({ body }) => JSON.parse(body))
  return events.filter((event) => event.id === id).map(({ data }) => data.members)
}
