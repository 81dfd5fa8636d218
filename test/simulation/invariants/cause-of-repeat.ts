import type { Call, Invocation, Message, Story } from './story.ts'
import { UNSAID } from './unsaid.ts'

/**
 * Why somebody was reset again. `crash`: the process died before the row was written. `unanswered`: the earlier call was not
 * answered, or unusably. `at the same moment`: the row was not written yet when the later invocation read its page.
 * `not written`: the ledger could not be written, and the later message knows nothing of it, being another one.
 * `overwritten`: the row was replaced by an older one (ADR 006). `none`: the code should have known.
 */
export type Cause = 'crash' | 'unanswered' | 'at the same moment' | 'not written' | 'overwritten' | 'none'

/** Finds out why `later` was made, although `earlier` had reset that person since `fence`, the latest of its events. */
export function causeOfRepeat({ invocations }: Story, earlier: Call, later: Call, fence: number): Cause {
  const before = invocations.get(earlier.invocation)
  const now = invocations.get(later.invocation)
  if (!before || !now) return 'none'
  const { person } = later
  const pages = now.pages.filter(({ resets }) => resets.some(([who]) => who === person))
  const rows = [...invocations.values()]
    .flatMap(({ stored }) => stored)
    .filter((row) => row.person === person && row.kind === 'reset' && row.resetAt === earlier.at)
  if (rows.some(({ index }) => index < (pages[0]?.index ?? 0))) {
    const isRead = pages.some(({ resets }) => resets.some(([who, at = 0]) => who === person && at >= fence))
    return isRead ? 'none' : 'overwritten'
  }
  if (!earlier.answered && before.crashed) return 'crash'
  if (!earlier.answered || UNSAID.includes(earlier.answered.as)) return 'unanswered'
  if (before.crashed) return 'crash'
  const isWrittenLate = rows.some(({ invocation }) => invocation === before.invocation)
  const isStillRunning = before.overAt === undefined || before.overAt > later.at
  if (isWrittenLate || isStillRunning) return 'at the same moment'
  if (before.messages.filter((message) => message.rows.has(person)).length > 1) return 'not written'
  const naming = now.messages.filter((message) => message.rows.has(person))
  return naming.every((message) => comesFrom(message, before)) ? 'none' : 'not written'

  /** Whether the message was sent on by that invocation, or by one that received what it had sent on. */
  function comesFrom({ by, json }: Message, origin: Invocation): boolean {
    if (by === origin.invocation) return true
    const received = invocations.get(by)?.messages ?? []
    const same = received.filter((message) => message.json?.id === json?.id && message.rows.has(person))
    return same.some((message) => comesFrom(message, origin))
  }
}
