import { BREACH_EVENT_TYPE } from '../../lib/contract/breach-event.ts'
import type { Problem } from '../../lib/producer/check-event.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { type CsvRow, readRows } from './csv-rows.ts'
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
  const { rows, faults, notes } = readRows(text)
  if (rows.length === 0 && faults.length === 0) faults.push(noRows)
  if (rows.length === 0) return { events: [], faults, notes }
  const { events, problems } = prepareEvent(toDraft(rows, list), options)
  return {
    ...{ events, notes, time: list.time },
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
