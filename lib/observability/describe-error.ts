const WORD = /^[\w.-]{1,128}$/
const FRAME = /^\s+at .*:\d+:\d+\)?$/m

/**
 * What may be logged about an unexpected error: its name and code, if they are plain words, and where it was thrown.
 * Not its message: an SDK's or a parser's message can quote the input, which can be an e-mail address.
 */
export function describeError(error: unknown): {
  error_name: string
  error_code?: string
  thrown_at?: string
} {
  if (!(error instanceof Error)) return { error_name: typeof error }
  const code =
    'code' in error && typeof error.code === 'string' && WORD.test(error.code) ? error.code : undefined
  const thrownAt = error.stack?.replace(error.message, '').match(FRAME)?.[0].trim()
  return {
    error_name: WORD.test(error.name) ? error.name : 'Error',
    ...(code && { error_code: code }),
    ...(thrownAt && { thrown_at: thrownAt }),
  }
}
