import type { Call, Invocation, Story } from './story.ts'

/**
 * Nobody is called before the ledger was read, nor when it held a reset since the fence at that moment, or when one was
 * written or answered earlier in the same invocation. A person in several messages may be called for any of them.
 */
export function neverWhenCovered({ invocations }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) =>
    invocation.calls
      .filter((call) => isCovered(call, invocation))
      .map((call) => `${invocation.invocation} called ${call.person}, whose reset was in the ledger`),
  )
}

function isCovered({ person, index }: Call, invocation: Invocation): boolean {
  const page = invocation.pages.find((read) => read.resets.some(([who]) => who === person))
  if (!page || page.index > index) return true
  const read = page.resets.find(([who]) => who === person)?.[1] ?? Number.NEGATIVE_INFINITY
  const written = invocation.stored
    .filter((row) => row.index < index && row.person === person && row.kind === 'reset')
    .map(({ resetAt }) => resetAt)
  const answered = invocation.calls
    .filter((call) => call.person === person && call.answered?.as === 'reset' && call.answered.index < index)
    .map(({ at }) => at)
  const known = Math.max(read, ...written, ...answered)
  const fences = invocation.messages
    .filter(({ rows }) => rows.has(person))
    .map(({ json }) => Date.parse(json?.fence ?? ''))
  return fences.every((fence) => known >= fence)
}
