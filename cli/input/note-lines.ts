import type { Note } from './input.ts'

const MOST_LINES = 5

/** Notes in words, a line for each text, with the first lines of the input that it is about. */
export function noteLines(notes: readonly Note[]): string[] {
  return [...Map.groupBy(notes, ({ text }) => text)].map(([text, alike]) => {
    const lines = alike.flatMap(({ line }) => line ?? [])
    const more = lines.length > MOST_LINES ? ` and ${lines.length - MOST_LINES} more` : ''
    const where = lines.length > 0 ? `line ${lines.slice(0, MOST_LINES).join(', ')}${more}: ` : ''
    return `note: ${where}${text}`
  })
}
