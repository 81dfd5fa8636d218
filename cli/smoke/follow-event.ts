import { type LogLine, parseLogLine } from '../../lib/observability/log-line.ts'
import type { SmokeTarget } from './target.ts'

/**
 * `end`: how the event ended, if a log line says so. `isPassedOn`: require-reset has passed it on, and end-sessions has not reported its end.
 * `others`: log entries that may have to do with it. `projectId`: the Stytch project that it was for, once its keys were read.
 */
export type Followed = {
  end: EndEntry | undefined
  isPassedOn: boolean
  others: readonly LogEntry[]
  projectId: string | undefined
}

/**
 * Reads the log until it reports how the event ended, or the time is up. Resolves to that end, if any, and to the other entries:
 * failures that may have to do with it.
 */
export async function followEvent(
  target: Pick<SmokeTarget, 'readLines' | 'lookEveryMs' | 'endsSessions'>,
  event: { id: string; sentAt: number },
  deps: { timeoutMs: number; now: () => number; sleep: (ms: number) => Promise<unknown> },
): Promise<Followed> {
  while (true) {
    const lines = await target.readLines(event.id, event.sentAt)
    const entries = lines.map((line) => readLogEntry(line, event.id)).filter((entry) => entry !== undefined)
    const ends = entries.filter((entry) => entry.kind === 'end')
    const { end, isPassedOn } = findEnd(ends, target.endsSessions)
    const isDecided = end && !(end.outcome === 'deferred' && BUSY.has(end.code))
    if (isDecided || deps.now() - event.sentAt >= deps.timeoutMs) {
      const others = entries.filter(({ kind }) => kind !== 'end')
      return { end, isPassedOn, others, projectId: findProject(lines, event.id) }
    }
    await deps.sleep(target.lookEveryMs)
  }
}

/** What end-sessions reports counts once it is known that require-reset found nobody to reset. */
function findEnd(ends: readonly EndEntry[], endsSessions: boolean): Pick<Followed, 'end' | 'isPassedOn'> {
  const ofSessions = ends.filter(({ service }) => service === 'end-sessions')
  const reset = lastWord(ends.filter(({ service }) => service !== 'end-sessions'))
  if (!endsSessions || reset?.outcome !== 'skipped' || reset.code !== 'not_a_member')
    return { end: reset, isPassedOn: false }
  const end = lastWord(ofSessions)
  return { end, isPassedOn: end === undefined }
}

function lastWord(ends: readonly EndEntry[]): EndEntry | undefined {
  return ends.find(({ outcome }) => outcome !== 'deferred') ?? ends.at(-1)
}

function findProject(lines: readonly string[], eventId: string): string | undefined {
  const own = lines.map(parseLogLine).filter((line) => line?.event_id === eventId)
  return own.find((line) => line?.project_id !== undefined)?.project_id
}

/** The system is busy and will come back to the event, which does not answer whether it works. */
const BUSY = new Set(['out_of_time', 'too_many_requests'])

/**
 * What a log line says: the event's end; that calling was stopped; or a failure, whose `code` is the error's name.
 * The latter two may be about other events. `at`: ms since the epoch by AWS's clock. `invocation`: Lambda's request id.
 */
type LogEntry = {
  service: Service
  at: number
  invocation: string | undefined
  code: string
} & ({ kind: 'end'; outcome: Outcome } | { kind: 'stopped' } | { kind: 'failure'; message: string })

const SERVICES = ['fan-out', 'require-reset', 'end-sessions'] as const
type Service = (typeof SERVICES)[number]

export type EndEntry = LogEntry & { kind: 'end' }
type Outcome = NonNullable<LogLine['outcome']>

const FAILURES = new Set([
  'record failed',
  'invocation failed',
  'secret unavailable',
  'ledger unavailable',
  'secret or ledger unavailable',
])

/** Reads what a log line of the functions says about the event with this id, if anything. */
function readLogEntry(text: string, eventId: string): LogEntry | undefined {
  const line = parseLogLine(text)
  const service = SERVICES.find((name) => name === line?.service)
  if (!line || !service) return undefined
  const { message, timestamp = '', outcome = 'dead_lettered', code = outcome } = line
  const entry = { service, at: Date.parse(timestamp), invocation: line.function_request_id } as const
  const isEnd = message === 'member outcome' || message === 'event dead-lettered'
  if (isEnd && line.event_id === eventId) return { ...entry, kind: 'end', outcome, code }
  if (message === 'calling stopped') return { ...entry, kind: 'stopped', code }
  if (!FAILURES.has(message)) return undefined
  return { ...entry, kind: 'failure', message, code: line.error_name ?? 'unknown error' }
}
