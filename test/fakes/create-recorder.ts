import type { MetricName, Observe, OutcomeLine } from '../../lib/observability/observe.ts'

/** An Observe that keeps what is reported, for a test to check. */
export function createRecorder() {
  const lines: OutcomeLine[] = []
  const notes: { message: string; fields: object }[] = []
  const failures: { message: string; error: unknown }[] = []
  const measured: { name: MetricName; value: number }[] = []
  const values = (name: MetricName) => measured.filter((one) => one.name === name).map(({ value }) => value)
  const observe: Observe = {
    outcome: (line) => void lines.push(line),
    measure: (name, value) => void measured.push({ name, value }),
    note: (message, fields) => void notes.push({ message, fields }),
    failure: (message, error) => void failures.push({ message, error }),
  }
  const total = (name: MetricName) => values(name).reduce((sum, value) => sum + value, 0)
  return { observe, lines, notes, failures, measured, values, total }
}
