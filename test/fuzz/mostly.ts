import fc from 'fast-check'

/** Mostly what is usual, so that a run comes as far as what it is about; in one of ten something rare. */
export function mostly<Value>(usual: Value, ...rare: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  )
}
