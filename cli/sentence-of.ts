/** What an error says; for errors whose message is a sentence of ours (deployed/explain-errors.ts), and can be shown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'failed'
}
