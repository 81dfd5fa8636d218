import type { OnBatch } from '../../../infra/local/boot-mappings.ts'
import { normalizeEmail } from '../../../lib/contract/normalize-email.ts'
import { parseJson } from '../../../lib/contract/parse-json.ts'
import { ResetEventSchema } from '../../../lib/contract/reset-event.ts'

/**
 * One invocation of require-reset, seen from outside: from when to when (ms since the epoch), whom its messages named,
 * and how it ended. `returned`: it answered, and gave a message back to the queue.
 */
export type Invocation = {
  from: number
  to: number
  people: ReadonlySet<string>
  end: 'settled' | 'returned' | 'killed' | 'timed out'
}

/** Keeps who was handled when. */
export function createInvocationLog(): { onBatch: OnBatch; all(): readonly Invocation[] } {
  const invocations: Invocation[] = []
  return {
    onBatch({ functionName, records, startedAt: from, endedAt: to, result, failed }) {
      if (!functionName.startsWith('RequireReset')) return
      const people = new Set(records.flatMap(({ body }) => peopleIn(body)))
      const end =
        result.kind === 'answered'
          ? failed.length > 0
            ? 'returned'
            : 'settled'
          : result.errorType === 'Sandbox.Timedout'
            ? 'timed out'
            : 'killed'
      invocations.push({ from, to, people, end })
    },
    all: () => invocations,
  }
}

function peopleIn(body: string): string[] {
  const json = parseJson(body)
  const event = ResetEventSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  return event.data?.data.members.map(({ email_address }) => normalizeEmail(email_address)) ?? []
}
