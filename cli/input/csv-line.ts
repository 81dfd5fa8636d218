/**
 * A line of CSV, read from the start of a cell or, with `isInside`, from the middle of one in quotes. A cell that begins with a quote
 * ends at a quote before the separator or the end of the line. In any other cell quotes are text.
 */
export function readLine(line: string, separator: string, isInside = false): CsvLine {
  const read: CsvLine = { cells: [], strays: [], isBroken: false, isOpen: false }
  if (!(isInside || line.includes('"'))) {
    read.cells = line.split(separator).map((cell) => cell.trim())
    return read
  }
  let at: number | undefined = 0
  let inQuotes = isInside
  while (at !== undefined) {
    const start: number = inQuotes ? at : openingQuote(line, at, separator)
    at =
      inQuotes || start > at ? readQuoted(line, start, separator, read) : readPlain(line, at, separator, read)
    inQuotes = false
  }
  return read
}

/**
 * `strays`: cells without quotes around them that have one in them. `isBroken`: a quote inside of a cell in quotes is not doubled.
 * `isOpen`: the last cell goes on in the next line.
 */
export type CsvLine = { cells: string[]; strays: number[]; isBroken: boolean; isOpen: boolean }

/** The index behind the quote with which a cell begins, or the index of the cell when it begins with none. */
function openingQuote(line: string, cell: number, separator: string): number {
  let at = cell
  while (isSpace(line[at], separator)) at++
  return line[at] === '"' ? at + 1 : cell
}

function isSpace(character: string | undefined, separator: string): boolean {
  return (character === ' ' || character === '\t') && character !== separator
}

/** Reads up to the closing quote. Returns the index of the next cell, if there is one. */
function readQuoted(line: string, start: number, separator: string, read: CsvLine): number | undefined {
  for (let quote = line.indexOf('"', start); quote !== -1; quote = line.indexOf('"', quote + 1)) {
    if (line[quote + 1] === '"') {
      quote++
      continue
    }
    let end = quote + 1
    while (isSpace(line[end], separator)) end++
    if (end === line.length || line[end] === separator) {
      read.cells.push(line.slice(start, quote).replaceAll('""', '"'))
      return end === line.length ? undefined : end + 1
    }
    read.isBroken = true
  }
  read.cells.push(line.slice(start).replaceAll('""', '"'))
  read.isOpen = true
  return undefined
}

function readPlain(line: string, start: number, separator: string, read: CsvLine): number | undefined {
  const found = line.indexOf(separator, start)
  const cell = line.slice(start, found === -1 ? undefined : found).trim()
  if (cell.includes('"')) read.strays.push(read.cells.length)
  read.cells.push(cell)
  return found === -1 ? undefined : found + 1
}
