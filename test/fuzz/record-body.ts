import fc from 'fast-check'
import { editedText } from './edited-text.ts'
import { eventValue } from './event-value.ts'
import { hostileValue } from './hostile-value.ts'
import { mutated } from './mutated.ts'
import { wrapIn } from './wrap-in.ts'

const envelope = fc.constantFrom(...Object.values(wrapIn))
const envelopes = fc.oneof(fc.constant([]), fc.array(envelope, { maxLength: 4 }))

const wrapped = fc
  .tuple(mutated(eventValue), envelopes)
  .map(([event, wraps]) => wraps.reduce<unknown>((inner, wrap) => wrap(inner), event))

/** The body of an SQS message: mostly a breach event, broken in some way, in envelopes that may be broken too; or anything at all. */
export const recordBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: wrapped.map((value) => JSON.stringify(value) ?? '') },
  { weight: 4, arbitrary: editedText(mutated(wrapped).map((value) => JSON.stringify(value) ?? '')) },
  { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)
