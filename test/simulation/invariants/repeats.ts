import { CLOCK_TOLERANCE_MS } from './clocks.ts'
import { type Call, type Invocation, type Message, type Trace, UNCERTAIN } from './trace.ts'

/**
 * A person is reset again only where the contract allows it: after a crash or an unanswered call, when neither ledger nor queue
 * accepted the row, or when two messages name the person at the same moment (also when an exposure ends in that moment:
 * ADR 006). A crash repeats no more people than may be unrecorded.
 */
export function everyRepeatHasACause(trace: Trace): string[] {
  const repeats = findRepeats(trace)
  const violations = repeats
    .filter(({ cause }) => cause === 'none')
    .map(({ call }) => `${call.invocation} reset ${call.person} again, and should have known`)
  const crashed = repeats.filter(({ cause }) => cause === 'crash')
  const max = trace.run.deployment.settings.maxUnrecorded
  for (const [invocation, people] of Map.groupBy(crashed, ({ earlier }) => earlier.invocation)) {
    const count = new Set(people.map(({ call }) => call.person)).size
    if (count > max)
      violations.push(`the crash of ${invocation} repeated ${count} people, not at most ${max}`)
  }
  return violations
}

type Repeat = { call: Call; earlier: Call; cause: Cause }

/** Finds every call that reset a person who was already reset, by an earlier call, for all the events it was made for. */
export function findRepeats(trace: Trace): Repeat[] {
  const effective = [...trace.calls.values()].filter(({ effect }) => effect)
  return [...Map.groupBy(effective, ({ person }) => person).values()].flatMap((calls) =>
    calls.flatMap((call, position) => {
      const messages = trace.invocations.get(call.invocation)?.messages ?? []
      const fences = messages
        .filter(({ rows }) => rows.has(call.person))
        .map(({ json }) => Date.parse(json?.fence ?? ''))
      const latest = Math.max(...fences)
      const earlier = calls.slice(0, position).findLast(({ at }) => at >= latest)
      if (!earlier) return []
      const cause = causeOfRepeat(trace, earlier, call, latest)
      const isWrong = earlier.clock < latest || earlier.clock > call.clock + CLOCK_TOLERANCE_MS
      return [{ call, earlier, cause: cause === 'none' && isWrong ? 'wrong clock' : cause }]
    }),
  )
}

/**
 * Why a person was reset again. `crash`: the process died before the row was written. `unanswered`: the earlier call got no
 * usable answer. `at the same moment`: the row was not written yet when the later invocation read its page. `not written`: the
 * ledger could not be written, and the later message does not come from that invocation. `overwritten`: an older row replaced
 * the row (ADR 006). `wrong clock`: the row was dated, judged or replaced by one. `none`: the code should have known.
 */
export type Cause =
  | 'crash'
  | 'unanswered'
  | 'at the same moment'
  | 'not written'
  | 'overwritten'
  | 'wrong clock'
  | 'none'

/** Returns why `later` was made, although `earlier` had reset the person since `fence`, the latest of its events. */
function causeOfRepeat({ invocations }: Trace, earlier: Call, later: Call, fence: number): Cause {
  const before = invocations.get(earlier.invocation)
  const now = invocations.get(later.invocation)
  if (!before || !now) return 'none'
  const { person } = later
  const naming = now.messages.filter((message) => message.rows.has(person))
  const pages = now.pages.filter(({ resets }) => resets.some(([who]) => who === person))
  const rows = [...invocations.values()]
    .flatMap(({ stored }) => stored)
    .filter((row) => row.person === person && row.kind === 'reset' && row.resetAt === earlier.clock)
  if (rows.some(({ index }) => index < (pages[0]?.index ?? 0))) {
    const read = pages.flatMap(({ resets }) =>
      resets.flatMap(([who, at = 0]) => (who === person && at >= fence ? [at] : [])),
    )
    if (read.some((at) => at <= later.clock + CLOCK_TOLERANCE_MS)) return 'none'
    return read.length > 0 ? 'wrong clock' : 'overwritten'
  }
  if (!earlier.answered && before.crashed) return 'crash'
  const latestSent = Math.max(...naming.map(({ json }) => Date.parse(json?.sentat ?? '')))
  const isDecided = pages.some(
    ({ index, unusable }) =>
      index < later.index && unusable.some(([who, at = 0]) => who === person && at >= latestSent),
  )
  if (isDecided) return 'none'
  if (!earlier.answered || UNCERTAIN.includes(earlier.answered.as)) return 'unanswered'
  if (before.crashed) return 'crash'
  const isWrittenLate = rows.some(({ invocation }) => invocation === before.invocation)
  const isStillRunning = before.overAt === undefined || before.overAt > later.at
  if (isWrittenLate || isStillRunning) return 'at the same moment'
  return naming.every((message) => comesFrom(message, before)) ? 'none' : 'not written'

  /** Whether a message was sent by that invocation, or by one that received what it sent. */
  function comesFrom({ by, json }: Message, origin: Invocation): boolean {
    if (by === origin.invocation) return true
    const received = invocations.get(by)?.messages ?? []
    const same = received.filter((message) => message.json?.id === json?.id && message.rows.has(person))
    return same.some((message) => comesFrom(message, origin))
  }
}
