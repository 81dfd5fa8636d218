import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ResetEvent, ResetEventSchema } from '../../../lib/contract/breach-event.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'
import { personKey } from '../../../lib/ledger/ledger.ts'
import { resetEventValue } from '../../fuzz/events.ts'
import { editedText, mutated } from '../../fuzz/hostile.ts'
import { outputsOf, XML_TEXT } from '../../fuzz/outputs.ts'
import { runFanOut } from '../../fuzz/run-fan-out.ts'
import { accountForPeople, resetWorldScript, runRequireReset } from '../../fuzz/run-require-reset.ts'
import { findLeaks } from '../../leaks/find-leaks.ts'
import { MARKS } from '../../leaks/planted.ts'

const RUNS = 200
const ALL_WELL = { answers: [], sendings: [], writes: [] }

const events = fc
  .array(resetEventValue, { minLength: 1, maxLength: 3 })
  .map((values) => values.map((value, index): ResetEvent => ({ ...value, id: `e${index}` })))
const anyBody = editedText(mutated(resetEventValue).map((value) => JSON.stringify(value) ?? ''))
const bodiesOf = (values: readonly ResetEvent[]) => values.map((value) => JSON.stringify(value))

describe('require-reset, given any event of its own, any answers and any faults', () => {
  it('fails exactly the records that could not be settled, and accounts for everyone in the others', async () => {
    await fc.assert(
      fc.asyncProperty(events, resetWorldScript, async (given, script) => {
        const run = await runRequireReset(bodiesOf(given), script)
        const unsent = new Set(run.unsent.map(({ body }) => JSON.parse(body).id))
        for (const [index, event] of given.entries()) {
          expect(run.failed.has(index)).toBe(unsent.has(event.id))
          if (!unsent.has(event.id)) accountForPeople(event, run)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('calls nobody again in an invocation who was reset in it, and nobody in a dry run', async () => {
    await fc.assert(
      fc.asyncProperty(events, resetWorldScript, async (given, script) => {
        const { verdicts } = await runRequireReset(bodiesOf(given), script)
        const calls = Map.groupBy(verdicts, ({ email }) => email)
        for (const kinds of calls.values())
          expect(kinds.slice(0, -1).map(({ kind }) => kind)).not.toContain('reset')
        if (script.mode === 'dry_run') expect(verdicts).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('forgets no reset: it is in the ledger, or owed in a smaller event', async () => {
    await fc.assert(
      fc.asyncProperty(events, resetWorldScript, async (given, script) => {
        const { world, verdicts } = await runRequireReset(bodiesOf(given), { ...script, sendings: [] })
        const ledgerKey = world.secrets['ledger-key'] ?? ''
        const owed = world.deferred().flatMap(({ event }) => event.data.members.filter((row) => row.owed))
        const marked = new Set(owed.map((row) => normalizeEmail(row.email_address)))
        for (const { email } of verdicts.filter(({ kind }) => kind === 'reset' || kind === 'no_password'))
          expect(marked.has(email) || world.rows.has(personKey(ledgerKey, 'project-test-1', email))).toBe(
            true,
          )
      }),
      { numRuns: RUNS },
    )
  })

  it('sends dead letters that fan-out takes, unless they have expired', async () => {
    await fc.assert(
      fc.asyncProperty(events, resetWorldScript, async (given, script) => {
        const { world } = await runRequireReset(bodiesOf(given), { ...script, sendings: [] })
        for (const { body } of world.sent['dead-letter'] ?? []) {
          const { messages } = await runFanOut([body])
          const expired = JSON.parse(body).expirytime < '2026-11-20T12:00:00Z'
          expect(messages.map(({ attributes }) => attributes?.['failure-code'])).toEqual([
            expired ? 'expired' : undefined,
          ])
        }
      }),
      { numRuns: RUNS },
    )
  })
})

describe('require-reset, given any body', () => {
  it('puts no planted value anywhere but in bodies, and sends only text that SQS takes', async () => {
    await fc.assert(
      fc.asyncProperty(events, anyBody, resetWorldScript, async (given, other, script) => {
        const { world, unsent } = await runRequireReset([...bodiesOf(given), other], script)
        const messages = [...Object.values(world.sent).flat(), ...unsent]
        const ledger = [...world.rows, ...world.uncertain]
        expect(findLeaks([...outputsOf(world.recorder, messages), ...ledger], MARKS)).toEqual([])
        for (const { body } of messages.filter(({ body }) => body !== other)) expect(body).toMatch(XML_TEXT)
      }),
      { numRuns: RUNS },
    )
  })

  it('fails no record, and dead-letters unchanged what is not an event of its own', async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, resetWorldScript, async (body, script) => {
        const run = await runRequireReset([body], { ...script, ...ALL_WELL })
        const { sent, recorder } = run.world
        expect(run.failed.size).toBe(0)
        if (recorder.notes.some(({ message }) => message === 'event dead-lettered'))
          expect(sent['dead-letter']?.map((letter) => letter.body)).toEqual([body])
        else accountForPeople(ResetEventSchema.parse(JSON.parse(body.replace(/^\ufeff/, ''))), run)
      }),
      { numRuns: RUNS },
    )
  })
})
