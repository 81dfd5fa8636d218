import { type Cause, causeOfRepeat } from './cause-of-repeat.ts'
import type { Call, Story } from './story.ts'

export type Repeat = { call: Call; earlier: Call; cause: Cause }

/** Finds every call that reset somebody whom an earlier call had reset already for all the events it was made for. */
export function findRepeats(story: Story): Repeat[] {
  const effective = [...story.calls.values()].filter(({ effect }) => effect)
  return [...Map.groupBy(effective, ({ person }) => person).values()].flatMap((calls) =>
    calls.flatMap((call, position) => {
      const messages = story.invocations.get(call.invocation)?.messages ?? []
      const fences = messages
        .filter(({ rows }) => rows.has(call.person))
        .map(({ json }) => Date.parse(json?.fence ?? ''))
      const latest = Math.max(...fences)
      const earlier = calls.slice(0, position).findLast(({ at }) => at >= latest)
      return earlier ? [{ call, earlier, cause: causeOfRepeat(story, earlier, call, latest) }] : []
    }),
  )
}
