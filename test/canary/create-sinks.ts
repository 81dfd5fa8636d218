/** Everything that comes out, kept apart by where it comes out. */
const SINKS = [
  'log line',
  'metric',
  'row of a table',
  'response of a function',
  'error that leaves a function',
  'reset queue, all but the body',
  'reset queue, body',
  'dead-letter queue, all but the body',
  'dead-letter queue, verbatim body',
  'dead-letter queue, body of a member',
  'request to Stytch',
  'command line, stdout',
  'command line, stderr',
  'command line, path as typed',
] as const

export type SinkName = (typeof SINKS)[number]
export type Sinks = ReturnType<typeof createSinks>

/**
 * Returns the sinks of a run that feeds all of the functions, or of the command line, but those `without`; and what adds to
 * one. `unfed` names those that got nothing.
 */
export function createSinks(of: 'functions' | 'command line', without: readonly SinkName[] = []) {
  const isOf = (name: SinkName) => name.startsWith('command line') === (of === 'command line')
  const names = SINKS.filter((name) => isOf(name) && !without.includes(name))
  const texts = new Map<SinkName, string[]>(names.map((name) => [name, []]))
  return {
    names,
    add(name: SinkName, item: unknown): void {
      const text = typeof item === 'string' ? item : (JSON.stringify(item) ?? '')
      const sink = texts.get(name)
      if (!sink) throw new Error(`"${name}" is fed, and not among the sinks of this run`)
      if (text !== '') sink.push(text)
    },
    texts: (name: SinkName): readonly string[] => texts.get(name) ?? [],
    unfed: () => names.filter((name) => texts.get(name)?.length === 0),
  }
}
