import type { Report, ReportedRow } from './to-report.ts'

const COLUMNS = [
  ...(['index', 'outcome', 'code', 'reset_at'] as const),
  ...(['sessions', 'sessions_code', 'sessions_ended_at'] as const),
]

/** The rows of a report as CSV, a line each, below a header. With names, if they are known. */
export function toCsv({ members }: Pick<Report, 'members'>): string {
  const hasNames = members.some(({ email_address }) => email_address !== undefined)
  const columns: (keyof ReportedRow)[] = [...COLUMNS, ...(hasNames ? (['email_address'] as const) : [])]
  const lines = members.map((row) => columns.map((column) => toCell(row[column])))
  return [columns, ...lines].map((cells) => `${cells.join(',')}\n`).join('')
}

/** What a spreadsheet would take for a formula gets an apostrophe, which shows that it is text. */
const FORMULA = /^[=+\-@\t\r\n]/

function toCell(value: string | number | undefined = ''): string {
  const text = String(value).replace(FORMULA, "'$&")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
