import type { Writable } from 'node:stream'

/** How many columns there are to write in: those of the terminal, at most 120, or 80 if it is not one or does not say. */
export function columnsOf(stream: Writable): number {
  const { columns } = stream as Partial<NodeJS.WriteStream>
  return Math.min(120, Math.max(40, columns || 80))
}

/** Text behind `first` in lines of at most so many columns, the others indented as far. Words stay whole, however long. */
export function wrap(first: string, text: string, columns: number, indent = ' '.repeat(first.length)) {
  return fill(first, text.split(' '), columns, indent)
}

/** Names and what they mean, in two columns. */
export function table(rows: readonly { name: string; about: string }[], columns: number): string[] {
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows.flatMap(({ name, about }) => wrap(`  ${name.padEnd(width)}  `, about, columns))
}

/** Writes text, in a terminal with no line longer than that is wide: it would break words. */
export function say(stream: Writable, text: string): void {
  const isTerminal = 'columns' in stream
  stream.write(`${isTerminal ? fold(text, columnsOf(stream)) : text}\n`)
}

/** Text in which longer lines are wrapped, under their last column if that leaves enough room. */
export function fold(text: string, columns: number): string {
  const lines = text.split('\n').flatMap((line) => (line.length > columns ? wrapLine(line, columns) : line))
  return lines.join('\n')
}

function wrapLine(line: string, columns: number): string[] {
  const [toLastColumn = ''] = /^ *(?:\S.* {2})?/.exec(line) ?? []
  const [indent = ''] = /^ */.exec(line) ?? []
  const isRoomy = toLastColumn.length > indent.length && toLastColumn.length <= (columns * 2) / 3
  const first = isRoomy ? toLastColumn : indent
  const rest = isRoomy ? undefined : `${indent}  `
  return fill(first, line.slice(first.length).split(/ (?! )/), columns, rest).map((one) => one.trimEnd())
}

/** A command in lines that a shell takes as one. `parts` stay whole, such as a flag with its value. */
export function wrapCommand(parts: readonly string[], columns: number): string[] {
  const lines = fill('  ', parts, columns - 2, '    ')
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line))
}

/** Parts, which stay whole, behind `first` in lines of at most so many columns, the others indented by `indent`. */
export function fill(
  first: string,
  [start = '', ...parts]: readonly string[],
  columns: number,
  indent = ' '.repeat(first.length),
) {
  const lines: string[] = []
  let line = `${first}${start}`
  for (const part of parts) {
    if (line.length + 1 + part.length <= columns) {
      line += ` ${part}`
      continue
    }
    lines.push(line)
    line = `${indent}${part}`
  }
  return [...lines, line]
}
