import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJson } from '../../../lib/contract/parse-json.ts'
import { recordBody } from '../../fuzz/events.ts'
import { depthOf } from '../../fuzz/hostile.ts'

const RUNS = 1000

it('parses exactly what is JSON and at most 32 levels deep, with or without a byte order mark', () => {
  fc.assert(
    fc.property(recordBody, fc.constantFrom('', '\ufeff'), (body, mark) => {
      const text = body.replace(/^\ufeff+/, '')
      const found = parseJson(mark + text)
      let value: unknown
      try {
        value = JSON.parse(text)
      } catch {
        expect(found.kind).toBe('rejected')
        return
      }
      if (depthOf(value) <= 32) expect(found).toEqual({ kind: 'parsed', value })
      else expect(found).toMatchObject({ rejection: { code: 'nested_too_deep' } })
    }),
    { numRuns: RUNS },
  )
})
