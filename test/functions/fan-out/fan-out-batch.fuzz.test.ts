import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResetEventSchema } from '../../../lib/contract/breach-event.ts'
import { WHOLE_EVENT_CODES } from '../../fixtures/whole-event-codes.ts'
import { recordBody } from '../../fuzz/events.ts'
import { outputsOf, XML_TEXT } from '../../fuzz/outputs.ts'
import { accountForRows, runFanOut, type Sending } from '../../fuzz/run-fan-out.ts'
import { findLeaks } from '../../leaks/find-leaks.ts'
import { MARKS } from '../../leaks/planted.ts'

const RUNS = 350
/** These letters hold the event as fan-out writes it, the others what came. */
const REWRITTEN = new Set(['invalid_member', ...WHOLE_EVENT_CODES])

const bodies = fc.array(recordBody, { minLength: 1, maxLength: 3 })
const sending = fc.constantFrom<Sending>('taken', 'refused', 'unanswered')
const sendings = fc.array(fc.array(sending, { maxLength: 2 }), { maxLength: 3 })

const bodyOf = ({ messages }: Awaited<ReturnType<typeof runFanOut>>) => messages[0]?.body ?? ''

describe('fan-out, given any body', () => {
  it('fails no record, and forwards, dead-letters or reports as a duplicate each row exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(recordBody, async (body) => {
        const { records, failed, recorder } = await runFanOut([body])
        expect(failed.size).toBe(0)
        for (const record of records)
          expect(accountForRows(record)).toBe(
            recorder.lines.filter(({ code }) => code === 'duplicate').length,
          )
      }),
      { numRuns: RUNS },
    )
  })

  it('reports exactly the records whose messages could not be put anywhere, and loses no row of the others', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, sendings, async (given, treated) => {
        const { records, failed } = await runFanOut(given, treated)
        for (const record of records) {
          const lost = record.sends.some(
            ({ queue, sending }) =>
              sending === 'unanswered' || (sending === 'refused' && queue === 'letters'),
          )
          expect(failed.has(record.index)).toBe(lost)
          if (!lost) accountForRows(record)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('puts no planted value anywhere but in bodies, whether or not its messages can be sent', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, sendings, async (given, treated) => {
        const { recorder, messages } = await runFanOut(given, treated)
        expect(findLeaks(outputsOf(recorder, messages), MARKS)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('sends reset events without an unknown key, and only text that SQS takes', async () => {
    await fc.assert(
      fc.asyncProperty(recordBody, async (body) => {
        const { records } = await runFanOut([body])
        for (const { chunks, letters } of records) {
          for (const chunk of chunks) {
            const event = JSON.parse(chunk.body)
            expect(ResetEventSchema.parse(event)).toEqual(event)
          }
          const made = letters.filter((letter) => letter.body !== body).map((letter) => letter.body)
          const attributes = letters.flatMap((letter) => Object.values(letter.attributes ?? {}))
          for (const text of [...chunks.map((chunk) => chunk.body), ...made, ...attributes])
            expect(text).toMatch(XML_TEXT)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('takes its dead letters again, and dead-letters the same for the same reason', async () => {
    await fc.assert(
      fc.asyncProperty(recordBody, fc.constantFrom<Sending>('taken', 'refused'), async (body, chunks) => {
        const { messages } = await runFanOut([body], [[chunks]])
        for (const letter of messages.filter(({ attributes }) => attributes)) {
          const code = letter.attributes?.['failure-code'] ?? ''
          const again = await runFanOut([letter.body])
          const codes = again.messages.map(({ attributes }) => attributes?.['failure-code'])
          expect([...new Set(codes)]).toEqual([code === 'unsendable' ? undefined : code])
          if (REWRITTEN.has(code)) expect(JSON.parse(bodyOf(again))).toEqual(JSON.parse(letter.body))
          else if (code !== 'unsendable') expect(bodyOf(again)).toBe(letter.body)
        }
      }),
      { numRuns: RUNS },
    )
  })
})
