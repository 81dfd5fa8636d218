import { type CsvLine, readLine } from './csv-line.ts'

/** A record, and its first and last line, counted from 0. */
export type CsvRecord = Pick<CsvLine, 'cells' | 'strays'> & { first: number; last: number }

/** Lines, counted from 0, that were not read because of their quotes. */
export type Unread = { first: number; last: number }

/**
 * Reads the records below a header, from the line `start` on.
 *
 * After a bad quote it is not known whether a line is a row or inside of a cell, and somebody who is inside of a cell must not be
 * reset. So reading goes on only at a certain row (docs/adr/018-past-a-bad-quote-only-certain-rows.md).
 */
export function readRecords(
  lines: readonly string[],
  start: number,
  layout: Layout,
): { records: CsvRecord[]; unread: Unread[] } {
  const { separator, isRow } = layout
  const records: CsvRecord[] = []
  let unread: Unread[] = []
  let hasQuotes = false
  /** How many of the records are certain, whatever follows. */
  let certain = 0
  for (let at = start; at < lines.length; ) {
    const line = lines[at] ?? ''
    const read = readRecord(lines, at, separator)
    const isStray = read.strays.length > 0
    const mayEndCell = hasQuotes && line.includes('"') && !isOutside(line, separator)
    let next = read.last + 1
    if (isBlank(line, separator)) next = at + 1
    else if (isSound(read, lines, layout) && !(isStray && (mayEndCell || unread.length > 0))) {
      records.push(read)
      if (!isStray && line.includes('"')) {
        hasQuotes = true
        if (isRow(read.cells) && isOutside(line, separator)) certain = records.length
      }
    } else if (isClosedRow(read, line, layout)) unread.push({ first: at, last: at })
    else {
      const doubtful = mayEndCell ? records[certain]?.first : undefined
      const first = unread[0]?.first ?? doubtful ?? at
      while ((records.at(-1)?.first ?? -1) >= first) records.pop()
      certain = Math.min(certain, records.length)
      for (next = at + 1; next < lines.length && !isCertainRow(lines[next] ?? '', layout); ) next++
      let last = next - 1
      while (isBlank(lines[last], separator)) last--
      unread = [{ first, last }]
    }
    at = next
  }
  return { records, unread }
}

/** `columns`: how many the header names. `isRow`: whether cells are as many, with an address where the header says. */
type Layout = { separator: string; columns: number; isRow: (cells: readonly string[]) => boolean }

function isBlank(line = '', separator: string): boolean {
  return line.trim() === '' && !line.includes(separator)
}

type ReadRecord = CsvRecord & CsvLine

/** Reads a record up to the line where its quotes close, or where one is bad. */
export function readRecord(lines: readonly string[], first: number, separator: string): ReadRecord {
  const record = { ...readLine(lines[first] ?? '', separator), first, last: first }
  while (record.isOpen && !record.isBroken && record.last + 1 < lines.length) {
    const { cells, strays, isBroken, isOpen } = readLine(lines[++record.last] ?? '', separator, true)
    const open = record.cells.length - 1
    const [end, ...others] = cells
    record.cells[open] += `\n${end}`
    record.cells.push(...others)
    record.strays.push(...strays.map((index) => open + index))
    Object.assign(record, { isBroken, isOpen })
  }
  return record
}

/** Whether the quotes of a record are where they belong, and no line but its first looks like a row. */
function isSound(
  { cells, first, last, isBroken, isOpen }: ReadRecord,
  lines: readonly string[],
  { separator, columns, isRow }: Layout,
): boolean {
  if (isBroken || isOpen) return false
  if (first === last) return true
  const others = lines.slice(first + 1, last + 1)
  return cells.length === columns && !others.some((line) => isRow(readLine(line, separator).cells))
}

/** Whether a record is a row on one line in spite of a bad quote, and can't end a cell that began before. */
function isClosedRow(
  { cells, strays, first, last, isOpen }: ReadRecord,
  line: string,
  { separator, isRow }: Layout,
): boolean {
  return first === last && !isOpen && strays.length === 0 && isRow(cells) && isOutside(line, separator)
}

/** Whether a line is a row by itself, has its quotes around whole cells and none in them, and can't be inside of a cell. */
function isCertainRow(line: string, { separator, isRow }: Layout): boolean {
  const { cells, strays, isBroken, isOpen } = readLine(line, separator)
  if (isBroken || isOpen || strays.length > 0 || cells.some((cell) => cell.includes('"'))) return false
  return isRow(cells) && isOutside(line, separator)
}

/** Whether a line can't be inside of a cell in quotes, nor its end: a quote in it would be bad. */
function isOutside(line: string, separator: string): boolean {
  return readLine(line, separator, true).isBroken
}
