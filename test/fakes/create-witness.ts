import type { MetricName, Observe } from '../../lib/observability/observe.ts'
import type { OutcomeLine } from '../../lib/observability/outcome-line.ts'

/** An Observe that keeps what it is told, for a test to ask. */
export function createWitness() {
  const lines: OutcomeLine[] = []
  const notes: { message: string; fields: object }[] = []
  const failures: { message: string; error: unknown }[] = []
  const totals = new Map<MetricName, number>()
  const observe: Observe = {
    outcome: (line) => void lines.push(line),
    measure: (name, value) => void totals.set(name, (totals.get(name) ?? 0) + value),
    note: (message, fields) => void notes.push({ message, fields }),
    failure: (message, error) => void failures.push({ message, error }),
  }
  return { observe, lines, notes, failures, total: (name: MetricName) => totals.get(name) ?? 0 }
}
