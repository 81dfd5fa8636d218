import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toMessageBody } from '../../../lib/queue/send-messages.ts'

it('writes any text so that it parses back and holds no character that XML 1.0 forbids', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const body = toMessageBody({ text })
      expect(JSON.parse(body)).toEqual({ text })
      expect(body).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u)
    }),
    { examples: [['\uffff'], ['\ufffe'], ['\ud800'], ['\u0000']] },
  )
})
