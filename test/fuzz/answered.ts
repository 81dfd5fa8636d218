import fc from 'fast-check'
import type { Answer } from '../../lib/stytch/require-reset.ts'
import { edgeMoment } from './edge-moment.ts'
import { hostileText } from './hostile-text.ts'
import { stytchBody } from './stytch-body.ts'

const retryAfter = fc.oneof(
  fc.constantFrom('0', '7', '3601', '9'.repeat(400), '-1', '1.5', '0x10', '1e3', ' 7 ', '7, 8', '٣'),
  fc.constantFrom(
    'Fri, 20 Nov 2026 12:00:07 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    'Sat, 01 Jan 275761 GMT',
    'GMT',
  ),
  edgeMoment,
  hostileText.map((text) => `${text} GMT`),
)

/** What the client can return: any answer with any status, or none. */
export const answered: fc.Arbitrary<Answer> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('answered'),
      status: fc.oneof(
        fc.constantFrom(200, 200, 200, 400, 404, 401, 429, 499, 500, 503, 302, 204),
        fc.nat(999),
      ),
      body: fc.option(stytchBody, { nil: undefined, freq: 9 }),
      retryAfter: fc.option(retryAfter, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Answer>(
      { kind: 'unanswered', code: 'timeout' },
      { kind: 'unanswered', code: 'connection_lost' },
      { kind: 'unreachable', code: 'unreachable' },
    ),
  },
)
