/** What to note about an address that has a spreadsheet's guard, the apostrophe that keeps a cell from being a formula. Nothing, mostly. */
export function noteGuardedAddress(address: unknown): string[] {
  const isGuarded = typeof address === 'string' && address.trimStart().startsWith("'")
  return isGuarded
    ? ['has an address that begins with an apostrophe, as spreadsheets write it: it is sent as it is']
    : []
}
