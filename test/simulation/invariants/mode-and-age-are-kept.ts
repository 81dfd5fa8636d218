import type { Run } from '../world/play.ts'
import { ruleOf } from './rule-of.ts'
import type { Body, Invocation, Message, Story } from './story.ts'

/**
 * What is sent on says the same mode, expiry and time as what it comes from (what fan-out forwards of a source that may only have dry runs: that one), what waits says since when, and its attempts
 * never become fewer; who was called after the retry horizon is not sent on any more; and a dry run calls nobody.
 */
export function modeAndAgeAreKept({ invocations, run }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) => [
    ...invocation.sent
      .filter((message) => message.json && !isTrue(run, message, invocation))
      .map(({ message }) => `${invocation.invocation} changed what ${message} says`),
    ...invocation.sent
      .filter((message) => isTooOld(message, invocation))
      .map(({ message }) => `${message} is sent on after the retry horizon`),
    ...invocation.calls
      .filter(({ person }) => isDry(person, invocation))
      .map(({ person }) => `${invocation.invocation} called ${person} in a dry run`),
  ])

  /** Measured at the start of the invocation, which judges it at its end. */
  function isTooOld({ json, queue, rows }: Message, { role, at, calls }: Invocation): boolean {
    const age = at - Date.parse(json?.firsttriedat ?? '')
    const isCalled = calls.some(({ person }) => rows.has(person))
    const horizon = run.deployment.stage.retryHorizonHours * 3_600_000
    return role === 'require-reset' && queue === 'reset' && isCalled && age >= horizon
  }

  function isDry(person: string, { messages }: Invocation): boolean {
    if (run.deployment.stage.mode === 'dry_run') return true
    const naming = messages.filter(({ rows }) => rows.has(person))
    return naming.every(({ json }) => json?.data.mode === 'dry_run')
  }
}

function isTrue(run: Run, { json, queue }: Message, { messages, role }: Invocation): boolean {
  const isLowered = role === 'fan-out' && queue === 'reset' && ruleOf(run, json)?.isDry
  const isRemainder = role === 'require-reset' && queue === 'reset'
  return messages.some(
    (origin) =>
      origin.json?.id === json?.id &&
      (isLowered ? 'dry_run' : origin.json?.data.mode) === json?.data.mode &&
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
