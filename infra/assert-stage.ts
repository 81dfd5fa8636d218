/** Throws an Error with `problem`, which says what to change, unless the condition holds. */
export function assertStage(holds: boolean, problem: string): void {
  if (!holds) throw new Error(`this stage can't work: ${problem}`)
}
