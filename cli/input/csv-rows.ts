import { MemberSchema } from '../../lib/contract/breach-event.ts'
import { findLimitsAround } from '../../lib/contract/misplaced-limits.ts'
import { countDroppedKeys } from '../../lib/contract/unknown-keys.ts'
import { type CsvRecord, readRecord, readRecords, type Unread } from './csv-records.ts'
import { noteGuardedAddress } from './guarded-address.ts'
import type { Fault, Note } from './input.ts'

/** The cells of a row that are not empty, by known column. `line`: its first, counted from 1. */
export type CsvRow = { line: number; cells: Record<string, string> }

/**
 * Reads the rows of CSV with a header line. Each row is in the result, or is a fault, or, when all of its cells are empty, a note.
 */
export function readRows(text: string): { rows: CsvRow[]; faults: Fault[]; notes: Note[] } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const header = findHeader(lines)
  if ('rule' in header) {
    const fault: Fault = { code: 'invalid_event', line: header.first + 1, field: 'header', rule: header.rule }
    return { rows: [], faults: [fault], notes: [] }
  }
  const { names, separator, next } = header
  const address = names.indexOf('email_address')
  const isRow = (cells: readonly string[]) =>
    cells.length === names.length && MemberSchema.shape.email_address.safeParse(cells[address]).success
  const { records, unread } = readRecords(lines, next, { separator, columns: names.length, isRow })
  const rows: CsvRow[] = []
  const faults = unread.map(toFault)
  const notes = noteColumns(header)
  for (const record of records) {
    const line = record.first + 1
    const rule = ruleBroken(record, names)
    if (record.cells.every((cell) => cell.trim() === '')) notes.push({ line, text: 'left out: an empty row' })
    else if (rule !== undefined) faults.push({ code: 'invalid_member', line, field: 'row', rule })
    else {
      const row = toRow(record, names)
      rows.push(row)
      for (const note of noteGuardedAddress(row.cells.email_address)) notes.push({ line, text: note })
    }
  }
  return { rows, faults, notes }
}

/** Columns by the names that a header may give them, in lower case and letters only. */
const COLUMNS = new Map([
  ['emailaddress', 'email_address'],
  ['email', 'email_address'],
  ['organizationid', 'organization_id'],
  ['memberid', 'member_id'],
])
const SEPARATORS = [',', ';', '\t']
const MISPLACED_QUOTE = 'must have its quotes around whole cells'
const LIMITS_THE_LIST = 'it limits the whole list, and is a flag (--mode, --exposed-at, --expirytime)'
const NO_ADDRESS = 'must name a column email_address or email; columns are separated by , or ; or a tab'

/** `names`: of the columns, where known. `others`: what the other columns are called. `first`: its line. `next`: the line below. */
type Header = {
  names: (string | undefined)[]
  others: string[]
  separator: string
  first: number
  next: number
}

/** Finds the header, and the separator with which it names an e-mail; of several, the one that makes most columns. */
function findHeader(lines: readonly string[]): Header | { rule: string; first: number } {
  const { separators, first } = findStart(lines)
  const headers = separators.flatMap((separator) => {
    const { cells, last, isBroken, isOpen } = readRecord(lines, first, separator)
    const names = cells.map((name) => COLUMNS.get(name.toLowerCase().replace(/[^a-z]/g, '')))
    const [limit] = cells.flatMap((name) => findLimitsAround({ [name.trim()]: true }))
    const others = cells.filter((_, index) => names[index] === undefined)
    const header = { names, others, separator, first, next: last + 1, isBad: isBroken || isOpen, limit }
    return names.includes('email_address') ? [header] : []
  })
  const [header] = headers.toSorted(
    (a, b) => Number(a.isBad) - Number(b.isBad) || b.names.length - a.names.length,
  )
  if (!header) return { rule: NO_ADDRESS, first }
  if (header.isBad) return { rule: MISPLACED_QUOTE, first }
  if (header.limit) return { rule: `must not have a column ${header.limit.field}: ${LIMITS_THE_LIST}`, first }
  const known = header.names.filter((name) => name !== undefined)
  if (new Set(known).size < known.length) return { rule: 'must name each column once', first }
  return header
}

/** A column with a typing error in its name must not pass in silence. */
function noteColumns({ others, first }: Header): Note[] {
  const named = others.filter((name) => name.trim() !== '')
  const row = Object.fromEntries(named.map((name) => [name.trim(), name]))
  const columns = Object.keys(countDroppedKeys({ data: { members: [row] } }))
  if (columns.length === 0) return []
  return [{ line: first + 1, text: `has columns that are not read: ${columns.join(', ')}` }]
}

/** The line of the header, and the separators it may have: the only one is what a line `sep=;`, as Excel writes it, says. */
function findStart(lines: readonly string[]): { separators: readonly string[]; first: number } {
  const textFrom = (line: number) => lines.findIndex((text, index) => index >= line && text.trim() !== '')
  const start = Math.max(textFrom(0), 0)
  const separator = /^"?sep=([^"\s\w]|\t)"?$/i.exec(lines[start] ?? '')?.[1]
  return separator === undefined
    ? { separators: SEPARATORS, first: start }
    : { separators: [separator], first: Math.max(textFrom(start + 1), 0) }
}

function ruleBroken({ cells, strays }: CsvRecord, names: Header['names']): string | undefined {
  if (strays.some((index) => names[index] !== undefined)) return MISPLACED_QUOTE
  if (cells.length !== names.length) return 'must have as many cells as the header'
  if (cells.some((cell, index) => names[index] !== undefined && cell.includes('\n')))
    return 'must not have a line break in a cell that is read'
  return undefined
}

function toRow({ cells, first }: CsvRecord, names: Header['names']): CsvRow {
  const filled = cells.flatMap((cell, index) => {
    const name = names[index]
    return name === undefined || cell === '' ? [] : [[name, cell] as const]
  })
  return { line: first + 1, cells: Object.fromEntries(filled) }
}

function toFault({ first, last }: Unread): Fault {
  const where = { line: first + 1, lastLine: last + 1 }
  const [field, rule] =
    first === last
      ? ['row', MISPLACED_QUOTE]
      : ['rows', 'must have quotes around whole cells, and closed: none of these lines was read']
  return { code: 'invalid_member', ...where, field, rule }
}
