import { NO_LAMBDA, type Usage } from './create-meter.ts'

/** What was used between two readings of a meter. */
export function usageSince(earlier: Usage, later: Usage): Usage {
  return {
    sqsRequests: since(earlier.sqsRequests, later.sqsRequests),
    writeUnits: later.writeUnits - earlier.writeUnits,
    readUnits: later.readUnits - earlier.readUnits,
    lambda: Object.fromEntries(
      Object.entries(later.lambda).map(([name, counts]) => [
        name,
        since(earlier.lambda[name] ?? NO_LAMBDA, counts),
      ]),
    ),
  }
}

function since<Counts extends Record<string, number>>(earlier: Counts, later: Counts): Counts {
  const counts = Object.entries(later).map(([name, count]) => [name, count - (earlier[name] ?? 0)])
  return Object.fromEntries(counts)
}
