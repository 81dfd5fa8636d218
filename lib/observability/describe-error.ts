/**
 * What may be logged of an unexpected error: its name, code and where it was thrown.
 * Not its message: an SDK's or a parser's message can quote the input, and that can be an e-mail address.
 */
export function describeError(error: unknown): {
  error_name: string
  error_code?: string
  thrown_at?: string
} {
  if (!(error instanceof Error)) return { error_name: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const thrownAt = error.stack
    ?.replace(error.message, '')
    .match(/^\s+at .*$/m)?.[0]
    .trim()
  return {
    error_name: error.name,
    ...(code && { error_code: code }),
    ...(thrownAt && { thrown_at: thrownAt }),
  }
}
