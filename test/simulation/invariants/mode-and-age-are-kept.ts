import type { Body, Invocation, Message, Story } from './story.ts'

/**
 * What is sent on says the same mode, expiry and time as what it comes from, what waits says since when, and its attempts
 * never become fewer; and a dry run calls nobody.
 */
export function modeAndAgeAreKept({ invocations, run }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) => [
    ...invocation.sent
      .filter((message) => message.json && !isTrue(message, invocation))
      .map(({ message }) => `${invocation.invocation} changed what ${message} says`),
    ...invocation.calls
      .filter(({ person }) => isDry(person, invocation))
      .map(({ person }) => `${invocation.invocation} called ${person} in a dry run`),
  ])

  function isDry(person: string, { messages }: Invocation): boolean {
    if (run.deployment.stage.mode === 'dry_run') return true
    const naming = messages.filter(({ rows }) => rows.has(person))
    return naming.every(({ json }) => json?.data.mode === 'dry_run')
  }
}

function isTrue({ json, queue }: Message, { messages, role }: Invocation): boolean {
  const isRemainder = role === 'require-reset' && queue === 'reset'
  return messages.some(
    (origin) =>
      origin.json?.id === json?.id &&
      origin.json?.data.mode === json?.data.mode &&
      origin.json?.expirytime === json?.expirytime &&
      origin.json?.time === json?.time &&
      (!isRemainder || isOlder(json, origin.json)),
  )
}

function isOlder(remainder: Body | undefined, origin: Body | undefined): boolean {
  const { firsttriedat, attempts = 0 } = remainder ?? {}
  return (
    firsttriedat !== undefined &&
    (origin?.firsttriedat ?? firsttriedat) === firsttriedat &&
    attempts >= (origin?.attempts ?? 0)
  )
}
