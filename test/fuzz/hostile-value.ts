import fc from 'fast-check'
import { edgeMoment } from './edge-moment.ts'
import { hostileText } from './hostile-text.ts'
import { PLANTED } from './planted.ts'

const nested = fc
  .tuple(
    fc.constantFrom(2, 29, 31, 32, 33, 400),
    fc.constantFrom(['[', ']'] as const, ['{"a":', '}'] as const),
  )
  .map(([depth, [open, close]]): unknown => JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`))

const traps = [
  `{"__proto__":{"email_address":"${PLANTED.email}","specversion":"1.0"}}`,
  '{"__proto__":null}',
  '{"toString":1,"valueOf":1}',
  '{"constructor":{"prototype":1},"toJSON":1}',
  `{"length":3,"0":"${PLANTED.password}"}`,
]

/** A JSON value of any type: texts, moments, extreme numbers, deep nesting, objects that pose as something else. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: edgeMoment },
  { weight: 3, arbitrary: fc.constantFrom(null, true, false, 0, -1, 0.5, 2 ** 53, 1e308, 5e-324, 200, 401) },
  { weight: 2, arbitrary: fc.constantFrom(...traps).map((json): unknown => JSON.parse(json)) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(hostileText, hostileText, { maxKeys: 3 }) },
)
