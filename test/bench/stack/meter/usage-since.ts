import type { Usage } from './create-meter.ts'

/** What was used between two readings of a meter. */
export function usageSince(earlier: Usage, later: Usage): Usage {
  const sqsRequests = Object.entries(later.sqsRequests).map(([action, count]) => [
    action,
    count - (earlier.sqsRequests[action] ?? 0),
  ])
  const lambda = Object.entries(later.lambda).map(([name, { invocations, billedMs, initMs }]) => {
    const before = earlier.lambda[name] ?? { invocations: 0, billedMs: 0, initMs: 0 }
    return [
      name,
      {
        invocations: invocations - before.invocations,
        billedMs: billedMs - before.billedMs,
        initMs: initMs - before.initMs,
      },
    ]
  })
  return {
    sqsRequests: Object.fromEntries(sqsRequests),
    writeUnits: later.writeUnits - earlier.writeUnits,
    readUnits: later.readUnits - earlier.readUnits,
    lambda: Object.fromEntries(lambda),
  }
}
