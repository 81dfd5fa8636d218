import type { Story } from './story.ts'

/** A row that covers is about a call that Stytch answered for that very person, and says when that call started. */
export function rowsAreTrue({ invocations, calls }: Story): string[] {
  const answered = new Set(
    [...calls.values()].flatMap(({ person, at, answered: answer }) =>
      answer?.as === 'reset' || answer?.as.endsWith('password_not_found') ? [`${person} ${at}`] : [],
    ),
  )
  return [...invocations.values()].flatMap(({ stored, invocation }) =>
    stored
      .filter(({ kind, person, resetAt }) => kind === 'reset' && !answered.has(`${person} ${resetAt}`))
      .map(({ person }) => `${invocation} wrote a reset of ${person} that no answer tells of`),
  )
}
