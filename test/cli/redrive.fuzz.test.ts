import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readDeadLetter } from '../../cli/redrive/dead-letter.ts'
import { canaryEvent } from '../../lib/contract/canary.ts'
import { recordBody } from '../fuzz/events.ts'
import { hostileText, hostileValue } from '../fuzz/hostile.ts'

const RUNS = 1000

const code = fc.oneof(fc.constantFrom('not_json', 'timeout', 'ledger_unavailable'), hostileText)
const attribute = fc.option(
  code.map((StringValue) => ({ DataType: 'String', StringValue })),
  { nil: undefined },
)

const canary = canaryEvent('1', '2026-11-20T10:00:00Z')
const strangeCanary = hostileValue.map((email_address) =>
  JSON.stringify({ ...canary, data: { ...canary.data, members: [{ email_address }] } }),
)

it('reads any dead letter, and calls it by a plain code', () => {
  fc.assert(
    fc.property(fc.oneof(recordBody, strangeCanary), attribute, attribute, (body, code, detail) => {
      const attributes = {
        ...(code && { 'failure-code': code }),
        ...(detail && { 'failure-detail': detail }),
      }
      const deadLetter = readDeadLetter({ Body: body, MessageAttributes: attributes })
      expect(deadLetter.body).toBe(body)
      expect(deadLetter.code).toMatch(/^[\w-]{1,128}(:\w+)?$/)
    }),
    { numRuns: RUNS },
  )
})
