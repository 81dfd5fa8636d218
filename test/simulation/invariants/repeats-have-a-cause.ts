import { findRepeats } from './find-repeats.ts'
import type { Story } from './story.ts'

/**
 * Somebody is reset again only where the promise says so: after a crash or an unanswered call, when neither ledger nor queue
 * took the row, or when two messages name one person at the same moment (also with an exposure that ends in it: ADR 006). A crash repeats no more people than may be unrecorded.
 */
export function repeatsHaveACause(story: Story): string[] {
  const repeats = findRepeats(story)
  const wrong = repeats
    .filter(({ cause }) => cause === 'none')
    .map(({ call }) => `${call.invocation} reset ${call.person} again, and should have known`)
  const crashed = repeats.filter(({ cause }) => cause === 'crash')
  const bound = story.run.deployment.settings.mostUnrecorded
  for (const [invocation, people] of Map.groupBy(crashed, ({ earlier }) => earlier.invocation)) {
    const count = new Set(people.map(({ call }) => call.person)).size
    if (count > bound) wrong.push(`the crash of ${invocation} repeated ${count} people, not at most ${bound}`)
  }
  return wrong
}
