import { type CsvError, type Info, parse } from 'csv-parse/sync'
import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'
import type { Problem } from '../../lib/producer/check-event.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import type { Fault, Input } from './input.ts'
import type { ListOptions } from './options.ts'

/** Where a field of the event comes from when its members come from a CSV file. */
const FLAGS: Record<string, string> = {
  source: '--source',
  id: '--id',
  time: '--time',
  expirytime: '--expirytime',
  correlationid: '--correlationid',
  'data.reason': '--reason',
  'data.severity': '--severity',
  'data.exposed_at': '--exposed-at',
  'data.breach.catalog': '--breach',
  'data.breach.id': '--breach',
  'data.mode': '--mode',
}
const ROW = /^data\.members\.(\d+)\.?(.*)$/

/** Reads the members of one breach from CSV. `time`: when the list was made, an RFC 3339 timestamp. */
export function readCsv(
  text: string,
  list: ListOptions & { time: string },
  options: { maxMembersPerEvent: number; now: number },
): Input {
  const { rows, faults } = parseCsv(text)
  if (rows.length === 0 && faults.length === 0) faults.push(noRows)
  if (rows.length === 0) return { events: [], faults, notes: [] }
  const { events, problems } = prepareEvent(toDraft(rows, list), options)
  return {
    ...{ events, notes: [], time: list.time },
    faults: [...faults, ...problems.map((problem) => locate(problem, rows))],
  }
}

const noRows: Fault = {
  code: 'invalid_event',
  line: 1,
  field: 'rows',
  rule: 'must be at least one below the header',
}

function toDraft(rows: readonly CsvRow[], list: ListOptions & { time: string }) {
  const {
    source,
    time,
    expirytime,
    correlationid,
    id = `list-${time.replace(/[-:]|\.\d+/g, '')}`,
    reason,
    exposedAt,
    breach,
  } = list
  const [catalog, ...rest] = breach?.split(':') ?? []
  return {
    ...{ specversion: '1.0', type: BREACH_EVENT_TYPE, source, id, time },
    ...{ expirytime, correlationid },
    data: {
      ...{ reason, exposed_at: exposedAt, severity: list.severity, mode: list.mode },
      ...(breach !== undefined && { breach: { catalog, id: rest.join(':') } }),
      members: rows.map(({ cells }) => cells),
    },
  }
}

function locate(problem: Problem, rows: readonly CsvRow[]): Fault {
  const [, index, field] = ROW.exec(problem.field) ?? []
  if (index === undefined) return { ...problem, field: FLAGS[problem.field] ?? problem.field }
  return { ...problem, line: rows[Number(index)]?.line, field: field || 'row' }
}

/** Columns by the names that a header may give them, in lower case, with `_` for anything that is not a letter. */
const COLUMNS = new Map([
  ['email_address', 'email_address'],
  ['email', 'email_address'],
  ['e_mail', 'email_address'],
  ['organization_id', 'organization_id'],
  ['member_id', 'member_id'],
])
const DELIMITERS = [',', ';', '\t']

/** The cells of a row that are not empty, by known column. `line`: counted from 1. */
type CsvRow = { line: number; cells: Record<string, string> }

/** Parses CSV with a header line, separated by commas, semicolons or tabs. Rows that can't be read are faults. */
function parseCsv(text: string): { rows: CsvRow[]; faults: Fault[] } {
  const { records, faults } = parseRecords(text)
  const [header, ...others] = records
  const names = header?.cells.map((name) => COLUMNS.get(name.toLowerCase().replace(/[^a-z]+/g, '_'))) ?? []
  const known = names.filter((name) => name !== undefined)
  if (!known.includes('email_address'))
    return broken('must name a column email_address or email; columns are separated by , or ; or a tab')
  if (new Set(known).size < known.length) return broken('must name each column once')

  const rows: CsvRow[] = []
  for (const { line, cells } of others) {
    const fault = (rule: string) => faults.push({ code: 'invalid_member', line, field: 'row', rule })
    const filled = cells.flatMap((cell, index) => {
      const name = names[index]
      return name === undefined || cell === '' ? [] : [[name, cell] as const]
    })
    if (cells.length !== names.length) fault('must have as many cells as the header')
    else if (cells.some((cell, index) => /[\r\n]/.test(cell) && (names[index] || cell.includes('@'))))
      fault('must not have a line break in a cell')
    else rows.push({ line, cells: Object.fromEntries(filled) })
  }
  return { rows, faults }
}

function parseRecords(text: string): { records: { line: number; cells: string[] }[]; faults: Fault[] } {
  const [header = ''] = text.split(/[\r\n]/, 1)
  const skipped: (CsvError | undefined)[] = []
  const parsed = parse(text, {
    ...{ bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true },
    delimiter: DELIMITERS.find((character) => header.includes(character)) ?? ',',
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_records_with_error: true,
    on_skip: (error) => void skipped.push(error),
  }) as unknown as { info: Info; record: string[] }[]
  const records = parsed.map(({ info, record }) => ({ line: info.lines, cells: record }))
  const faults = skipped.map((error) => explain(error, (records.at(-1)?.line ?? 0) + 1))
  return { records, faults }
}

/** An open quote swallows the rest of the text, from the line after the last record. */
function explain(error: CsvError | undefined, lastLine: number): Fault {
  const isOpen = error?.code === 'CSV_QUOTE_NOT_CLOSED'
  const line = isOpen ? lastLine : Number(error?.lines)
  const rule = isOpen
    ? 'must have its quote closed: nothing from here on was read'
    : 'must have its quotes around whole cells'
  return { code: 'invalid_member', line, field: 'row', rule }
}

function broken(rule: string): { rows: CsvRow[]; faults: Fault[] } {
  return { rows: [], faults: [{ code: 'invalid_event', line: 1, field: 'header', rule }] }
}
