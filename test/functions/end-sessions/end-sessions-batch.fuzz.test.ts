import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SessionsEvent } from '../../../lib/contract/breach-event.ts'
import { groupByPerson, normalizeEmail } from '../../../lib/contract/person.ts'
import type { OutgoingMessage } from '../../../lib/queue/send-messages.ts'
import { editedText, mutated } from '../../fuzz/hostile.ts'
import { outputsOf, XML_TEXT } from '../../fuzz/outputs.ts'
import { runEndSessions, sessionsEventValue, sessionsWorldScript } from '../../fuzz/run-end-sessions.ts'
import { runFanOut } from '../../fuzz/run-fan-out.ts'
import { findLeaks } from '../../leaks/find-leaks.ts'
import { MARKS } from '../../leaks/planted.ts'

const RUNS = 200

const events = fc
  .array(sessionsEventValue, { minLength: 1, maxLength: 3 })
  .map((values) => values.map((value, index): SessionsEvent => ({ ...value, id: `e${index}` })))
const anyBody = editedText(mutated(sessionsEventValue).map((value) => JSON.stringify(value) ?? ''))
const bodiesOf = (values: readonly SessionsEvent[]) => values.map((value) => JSON.stringify(value))

const rowsIn = (messages: readonly OutgoingMessage[] = [], id: string) =>
  messages.flatMap(({ body }) => {
    const event: SessionsEvent = JSON.parse(body)
    return event.id === id ? event.data.members : []
  })

describe('end-sessions, given any event of its own, any answers and any faults', () => {
  it('fails exactly the records that could not be settled, and in the others everyone ends as exactly one thing', async () => {
    await fc.assert(
      fc.asyncProperty(events, sessionsWorldScript, async (given, script) => {
        const { failed, unsent, world } = await runEndSessions(bodiesOf(given), script)
        const unsettled = new Set(unsent.map(({ body }) => JSON.parse(body).id))
        for (const [index, event] of given.entries()) {
          expect(failed.has(index)).toBe(unsettled.has(event.id))
          if (unsettled.has(event.id)) continue
          const people = groupByPerson(event.data.members, ({ email_address }) => email_address)
          const lines = world.recorder.lines.filter(({ event_id }) => event_id === event.id)
          const counted = (kind: string) => lines.filter(({ outcome }) => outcome === kind)
          const letters = rowsIn(world.sent['dead-letter'], event.id)
          const deferred = rowsIn(world.sent.sessions, event.id)
          expect(lines).toHaveLength(people.length)
          expect(letters).toHaveLength(counted('dead_lettered').length)
          expect(deferred).toHaveLength(counted('deferred').length)
          for (const { person } of counted('ended')) expect(world.rows.has(person ?? '')).toBe(true)
          const gone = [...letters, ...deferred].map(({ email_address }) => normalizeEmail(email_address))
          expect(new Set(gone).size).toBe(gone.length)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('logs nobody out who was not passed on, or in a dry run', async () => {
    await fc.assert(
      fc.asyncProperty(events, sessionsWorldScript, async (given, script) => {
        const { world } = await runEndSessions(bodiesOf(given), { ...script, answers: [] })
        const meant = given
          .filter(({ data }) => data.mode !== 'dry_run' && script.mode === 'enforce')
          .flatMap(({ data }) => data.members.map(({ email_address }) => normalizeEmail(email_address)))
        const byId = new Map(world.members.all.map((member) => [member.memberId, member.emailAddress]))
        for (const { memberId } of world.callsOf('revoke')) expect(meant).toContain(byId.get(memberId))
      }),
      { numRuns: RUNS },
    )
  })

  it('sends dead letters that fan-out takes', async () => {
    await fc.assert(
      fc.asyncProperty(events, sessionsWorldScript, async (given, script) => {
        const { world } = await runEndSessions(bodiesOf(given), { ...script, sendings: [] })
        for (const { body } of world.sent['dead-letter'] ?? []) {
          const { messages } = await runFanOut([body])
          expect(messages.map(({ attributes }) => attributes?.['failure-code'])).toEqual([undefined])
        }
      }),
      { numRuns: RUNS },
    )
  })
})

describe('end-sessions, given any body', () => {
  it('puts no planted value anywhere but in bodies, and sends only text that SQS takes', async () => {
    await fc.assert(
      fc.asyncProperty(events, anyBody, sessionsWorldScript, async (given, other, script) => {
        const { world, unsent } = await runEndSessions([...bodiesOf(given), other], script)
        const messages = [...Object.values(world.sent).flat(), ...unsent]
        expect(findLeaks([...outputsOf(world.recorder, messages), ...world.rows], MARKS)).toEqual([])
        for (const { body } of messages.filter(({ body }) => body !== other)) expect(body).toMatch(XML_TEXT)
      }),
      { numRuns: RUNS },
    )
  })

  it('fails no record, and dead-letters unchanged what is not an event of its own', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, sessionsWorldScript, async (body, script) => {
        const { failed, world } = await runEndSessions([body], { ...script, sendings: [], answers: [] })
        expect(failed.size).toBe(0)
        if (world.recorder.notes.some(({ message }) => message === 'event dead-lettered'))
          expect(world.sent['dead-letter']?.map((letter) => letter.body)).toEqual([body])
        else expect(world.recorder.lines.length).toBeGreaterThan(0)
      }),
      { numRuns: RUNS },
    )
  })
})
