import type { Sinks } from './create-sinks.ts'

/** Adds a line that a function wrote: metrics in CloudWatch's embedded metric format, or a log line. */
export function feedLine(sinks: Sinks, line: string): void {
  sinks.add(line.includes('"_aws"') ? 'metric' : 'log line', line)
}
