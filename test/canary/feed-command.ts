import type { Sinks } from './create-sinks.ts'

/** Adds what a command said; the path of the file that it was given, where a line begins with it, apart from the rest. */
export function feedCommand(
  sinks: Sinks,
  { stdout, stderr }: { stdout: string; stderr: string },
  typed: readonly string[],
): void {
  sinks.add('command line, stdout', stdout)
  for (const line of stderr.split('\n')) {
    const path = typed.find((word) => line.startsWith(`${word}: `))
    if (path !== undefined) sinks.add('command line, path as typed', path)
    sinks.add('command line, stderr', line.slice(path?.length ?? 0))
  }
}
