import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readDeadLetter } from '../../cli/redrive/dead-letter.ts'
import { canaryEvent } from '../../lib/contract/canary.ts'
import { recordBody } from '../fuzz/events.ts'
import { hostileText, hostileValue } from '../fuzz/hostile.ts'

const RUNS = 1000
const FUNCTION = 'AROAFANOUT00000000000'

const code = fc.oneof(fc.constantFrom('not_json', 'timeout', 'ledger_unavailable'), hostileText)
const attribute = fc.option(
  code.map((StringValue) => ({ DataType: 'String', StringValue })),
  { nil: undefined },
)
const sender = fc.oneof(fc.constantFrom(FUNCTION, `${FUNCTION}:x`, undefined), hostileText)

const canary = canaryEvent('1', '2026-11-20T10:00:00Z')
const strangeCanary = hostileValue.map((email_address) =>
  JSON.stringify({ ...canary, data: { ...canary.data, members: [{ email_address }] } }),
)
const body = fc.oneof(recordBody, strangeCanary)

it('reads any dead letter, calls it by a plain code, and redrives nothing of anyone else by default', () => {
  fc.assert(
    fc.property(body, attribute, attribute, sender, (text, code, redrive, SenderId) => {
      const attributes = { ...(code && { 'failure-code': code }), ...(redrive && { redrive }) }
      const letter = readDeadLetter(
        { Body: text, MessageAttributes: attributes, Attributes: { ...(SenderId && { SenderId }) } },
        { functions: new Set([FUNCTION]), isRehearsed: false },
      )
      expect(letter.body).toBe(text)
      expect(letter.code).toMatch(/^[\w-]{1,128}(:\w+)?$/)
      if (!letter.isBelieved) expect(letter.advice.kind).not.toBe('again')
    }),
    { numRuns: RUNS },
  )
})
