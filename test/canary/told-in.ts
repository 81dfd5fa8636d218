import type { Sinks } from './create-sinks.ts'

/** Every code, and every message, that the log lines and the dead letters of a run name. */
export function toldIn(sinks: Pick<Sinks, 'texts'>): ReadonlySet<string> {
  const lines = sinks.texts('log line').map((line) => parse(line))
  const letters = sinks
    .texts('dead-letter queue, all but the body')
    .map((text) => parse(text).attributes ?? {})
  const told = [
    ...lines.flatMap(({ code, message, outcome }) => [code, message, outcome]),
    ...letters.map((attributes) => (attributes as Record<string, unknown>)['failure-code']),
  ]
  return new Set(told.filter((word) => typeof word === 'string'))
}

/** A process that is killed may leave half a line. */
function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
