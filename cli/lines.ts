import type { Writable } from 'node:stream'

/** How many columns there are to write in: those of the terminal, at most 120, or 80 if it is not one. */
export function columnsOf(stream: Writable): number {
  const { columns = 80 } = stream as Partial<NodeJS.WriteStream>
  return Math.min(120, Math.max(40, columns))
}

/** Text behind `first` in lines of at most so many columns, the others indented as far. Words stay whole, however long. */
export function wrap(first: string, text: string, columns: number): string[] {
  const lines = [first]
  let isEmpty = true
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (isEmpty || line.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${line}${isEmpty ? '' : ' '}${word}`
      isEmpty = false
    } else lines.push(' '.repeat(first.length) + word)
  }
  return lines
}

/** A command in lines that a shell takes as one. `parts` stay whole, such as a flag with its value. */
export function wrapCommand(parts: readonly string[], columns: number): string[] {
  const lines = ['  ']
  for (const part of parts) {
    const line = lines.at(-1) ?? ''
    const longer = line.trim() === '' ? `${line}${part}` : `${line} ${part}`
    if (line.trim() === '' || longer.length + 2 <= columns) lines[lines.length - 1] = longer
    else lines.push(`    ${part}`)
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line))
}
