/** Throws a sentence that says what to change when a stage can't work. */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`this stage can't work: ${otherwise}`)
}
