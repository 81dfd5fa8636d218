import { CANARY_SOURCE } from '../../../lib/contract/canary.ts'
import type { Invocation, Message, Trace } from './trace.ts'

/** The canary is about nobody, and takes the whole way. */
const CANARY = 'nobody'

/**
 * Only somebody whose reset is in the ledger goes on to end-sessions, with the time of that very reset: nobody of a dry run, and nobody
 * where the stage ends no sessions. The message says nothing of how the reset was tried.
 */
export function passedOnAreReset({ run, messages, invocations }: Trace): string[] {
  const { settings } = run.deployment
  const violations: string[] = []
  const recorded = new Set<string>()
  for (const entry of run.journal) {
    if (entry.what === 'row stored' && entry.kind === 'reset')
      recorded.add(`${entry.person} ${entry.resetAt}`)
    if (entry.what !== 'sent' || entry.queue !== 'sessions') continue
    const message = messages.get(entry.message)
    const sender = invocations.get(entry.by)
    if (message && sender?.role === 'require-reset') judge(message, sender)
  }
  return violations

  function judge({ message, json, rows }: Message, { mode }: Invocation): void {
    const isDry = mode === 'dry_run' || json?.data.mode === 'dry_run'
    if (isDry || !settings.sessions) violations.push(`${message} was passed on although nobody may be`)
    if (json?.attempts !== 0 || json.firsttriedat !== undefined)
      violations.push(`${message} says how often its people have been tried`)
    for (const [person, own] of rows) {
      if (person === CANARY) continue
      const isRecorded = own.every(({ reset_at = '' }) => recorded.has(`${person} ${Date.parse(reset_at)}`))
      if (!isRecorded) violations.push(`${message} was passed on before the reset of ${person} was recorded`)
      if (own.some((row) => row.owed || row.uncertain || row.idstried))
        violations.push(`${message} says how ${person} was reset`)
    }
  }
}

const COVERS = ['covered', 'no_password']

/**
 * Everyone who ended as reset, covered or without a password is passed on, once for each message that names them, and nobody else is;
 * also somebody whose dead letter was redriven. So is a canary that proved to be about nobody.
 */
export function everyoneResetIsPassedOn({ run, invocations }: Trace): string[] {
  const { settings } = run.deployment
  if (!settings.sessions) return []
  return [...invocations.values()].flatMap((invocation) => (isWhole(invocation) ? judge(invocation) : []))

  function judge({ invocation, messages, sent, outcomes }: Invocation): string[] {
    const dry = new Set(messages.flatMap(({ json }) => (json?.data.mode === 'dry_run' ? [json.id] : [])))
    const passedOn = sent.filter(({ queue, copy }) => queue === 'sessions' && !copy)
    const expected = Map.groupBy(
      outcomes.filter(
        ({ outcome, code = '', event_source }) =>
          outcome === 'reset' ||
          COVERS.includes(code) ||
          (code === 'not_a_member' && event_source === CANARY_SOURCE),
      ),
      ({ event_source, event_id, person = '' }) =>
        `${event_source} ${event_id} ${run.world.people.keyed(person)}`,
    )
    const everybody = new Set([
      ...expected.keys(),
      ...passedOn.flatMap(({ json, rows }) => [...rows.keys()].map((person) => `${json?.id} ${person}`)),
    ])
    return [...everybody].flatMap((who) => {
      const [source, id, person = ''] = who.split(' ')
      const should = dry.has(`${source} ${id}`) ? 0 : (expected.get(who)?.length ?? 0)
      const is = passedOn.filter(({ json, rows }) => json?.id === `${source} ${id}` && rows.has(person))
      return is.length === should
        ? []
        : [`${invocation} passed ${who} on ${is.length} times, not ${should} times`]
    })
  }
}

/** Whether everything is acknowledged, and the log names everyone. */
function isWhole({ role, mode, acknowledged, failures, messages, outcomes }: Invocation): boolean {
  return (
    role === 'require-reset' &&
    mode === 'enforce' &&
    acknowledged !== undefined &&
    failures?.length === 0 &&
    messages.every(({ json }) => json) &&
    outcomes.every(({ person }) => person !== undefined)
  )
}
