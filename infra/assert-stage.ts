/** Throws an Error with `problem`, which says what to change, unless the condition holds. */
export function assertStage(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new Error(`these settings can't work: ${problem}`)
}
