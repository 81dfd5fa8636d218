import { CsvError, type Info, parse } from 'csv-parse/sync'
import type { Fault } from './input.ts'

/** Columns by the names that a header may give them. */
const COLUMNS = new Map([
  ['email_address', 'email_address'],
  ['email', 'email_address'],
  ['organization_id', 'organization_id'],
  ['member_id', 'member_id'],
])
const DELIMITERS = [',', ';', '\t']

/** A row's cells that are not empty, by the columns that are known. `line`: counted from 1. */
export type CsvRow = { line: number; cells: Record<string, string> }

/** Parses CSV with a header line, separated by commas, semicolons or tabs. Rows that can't be told apart are faults. */
export function parseCsv(text: string): { rows: CsvRow[]; faults: Fault[] } {
  const records = parseRecords(text)
  if ('rule' in records) return { rows: [], faults: [records] }
  const [header, ...others] = records
  const names = header?.cells.map((name) => COLUMNS.get(name.toLowerCase())) ?? []
  const known = names.filter((name) => name !== undefined)
  if (!known.includes('email_address')) return broken('must name a column email_address')
  if (new Set(known).size < known.length) return broken('must name each column once')

  const faults: Fault[] = []
  const rows = others.flatMap(({ line, cells }) => {
    if (cells.length !== names.length) {
      const rule = 'must have as many cells as the header'
      faults.push({ code: 'invalid_member', line, field: 'row', rule })
      return []
    }
    const filled = cells.flatMap((cell, index) => {
      const name = names[index]
      return name === undefined || cell === '' ? [] : [[name, cell] as const]
    })
    return [{ line, cells: Object.fromEntries(filled) }]
  })
  return { rows, faults }
}

function parseRecords(text: string): { line: number; cells: string[] }[] | Fault {
  const header = text.slice(0, text.indexOf('\n') + 1) || text
  const delimiter = DELIMITERS.find((character) => header.includes(character)) ?? ','
  try {
    const options = { bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true }
    const parsed = parse(text, { ...options, delimiter }) as unknown as { info: Info; record: string[] }[]
    return parsed.map(({ info, record }) => ({ line: info.lines, cells: record }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = typeof error.lines === 'number' ? error.lines : undefined
    const rule = 'must have its quotes around whole cells, and closed'
    return { code: 'invalid_event', line, field: 'row', rule }
  }
}

function broken(rule: string): { rows: CsvRow[]; faults: Fault[] } {
  return { rows: [], faults: [{ code: 'invalid_event', line: 1, field: 'header', rule }] }
}
