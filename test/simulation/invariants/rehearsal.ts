import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import { DAY } from '../scenario/scenario.ts'
import { limitsOf } from './limits.ts'
import { fenceOf } from './messages.ts'
import type { Invocation, Message, Trace } from './trace.ts'

/**
 * Of each event that fan-out accepts in a dry run of the stage, and would enforce otherwise, there is a copy when its message is deleted: with
 * its rows, its times and its fence.
 */
export function dryRunsAreKept({ run, invocations, messages }: Trace): string[] {
  return dryFanOuts(invocations).flatMap(({ invocation, sent, acknowledged }) => {
    const deleted = acknowledged?.messages.flatMap((id) => messages.get(id) ?? []) ?? []
    const before = sent.filter(({ index }) => index < (acknowledged?.index ?? 0))
    return deleted
      .filter((message) => isAccepted(message, before) && wouldBeEnforced(run, message))
      .filter((message) => !before.some((copy) => copy.queue === 'rehearsed' && isCopy(copy, message)))
      .map(({ message }) => `${invocation} accepted ${message} in a dry run, and did not keep it`)
  })
}

/** Nothing is kept in a stage that enforces, and no event that is a dry run itself, or a canary. */
export function nothingElseIsKept({ run, invocations }: Trace): string[] {
  return [...invocations.values()].flatMap(({ role, mode, sent, messages }) => {
    const isRight = (copy: Message) =>
      role === 'fan-out' &&
      mode === 'dry_run' &&
      messages.some((origin) => isCopy(copy, origin) && wouldBeEnforced(run, origin))
    return sent
      .filter((message) => message.queue === 'rehearsed' && !isRight(message))
      .map(({ message }) => `${message} was kept, and would not be enforced`)
  })
}

/** The messages that were taken in a dry run of the stage only, and are not among those that the operator has redriven since. */
export function onlyRehearsed({ run, invocations }: Trace): ReadonlySet<string> {
  const { rehearsal } = run.scenario
  if (!rehearsal) return new Set()
  const redrivenAt = run.world.startedAt + rehearsal.until + rehearsal.redriveAfter
  const isRedriven = ({ at, acknowledged }: Invocation) =>
    acknowledged !== undefined && at >= redrivenAt - DAY && acknowledged.at < redrivenAt
  return new Set(
    dryFanOuts(invocations)
      .filter((invocation) => !isRedriven(invocation))
      .flatMap(({ received }) => received.map(({ message }) => message)),
  )
}

function dryFanOuts(invocations: Trace['invocations']): Invocation[] {
  return [...invocations.values()].filter(({ role, mode }) => role === 'fan-out' && mode === 'dry_run')
}

const OF_ROWS = ['invalid_member', 'unsendable']

function isAccepted({ message }: Message, sent: readonly Message[]): boolean {
  const own = sent.filter(({ json }) => json?.resetrun === message)
  return own.some(
    ({ queue, attributes }) => queue === 'reset' || OF_ROWS.includes(attributes['failure-code'] ?? ''),
  )
}

function wouldBeEnforced(run: Trace['run'], { json }: Message): boolean {
  const isDry = json?.data.mode === 'dry_run' || limitsOf(run, json)?.isDry
  return !isDry && !json?.id.startsWith(`${CANARY_SOURCE} `)
}

function isCopy({ json, rows, bad }: Message, origin: Message): boolean {
  return (
    json?.id === origin.json?.id &&
    json?.fence === fenceOf(origin.json, origin.at) &&
    json?.expirytime === origin.json?.expirytime &&
    json?.data.exposed_at === origin.json?.data.exposed_at &&
    bad === origin.bad &&
    [...rows].map(([person, { length }]) => `${person} ${length}`).join() ===
      [...origin.rows].map(([person, { length }]) => `${person} ${length}`).join()
  )
}
