import { findRepeats } from './find-repeats.ts'
import type { Story } from './story.ts'

/**
 * Somebody is reset again only where the promise says so: after a crash or an unanswered call, when neither ledger nor queue
 * took the row, or when two messages name one person at the same moment. A crash repeats no more people than may be unrecorded.
 */
export function repeatsHaveACause(story: Story): string[] {
  const repeats = findRepeats(story)
  const wrong = repeats
    .filter(({ cause }) => cause === 'none' || cause === 'overwritten')
    .map(({ call, cause }) => `${call.invocation} reset ${call.person} again, cause: ${cause}`)
  const crashed = repeats.filter(({ cause }) => cause === 'crash')
  const bound = story.run.deployment.settings.callsInFlight
  for (const [invocation, people] of Map.groupBy(crashed, ({ earlier }) => earlier.invocation)) {
    const count = new Set(people.map(({ call }) => call.person)).size
    if (count > bound) wrong.push(`the crash of ${invocation} repeated ${count} people, not at most ${bound}`)
  }
  return wrong
}
