import * as z from 'zod'
import { parseJson } from '../../lib/contract/parse-json.ts'

const LineSchema = z.object({
  message: z.string(),
  service: z.enum(['fan-out', 'require-reset']),
  timestamp: z.string().default(''),
  function_request_id: z.string().optional(),
  event_id: z.string().optional(),
  outcome: z.enum(['reset', 'skipped', 'dead_lettered', 'sent_on']).optional(),
  code: z.string().optional(),
  error_name: z.string().optional(),
})

/**
 * What a log line tells: the event's end; that calling was stopped; or a failure, whose `code` is the error's name.
 * The latter two may be about other events. `at`: ms since the epoch by AWS's clock. `invocation`: Lambda's request id.
 */
export type Told = {
  service: 'fan-out' | 'require-reset'
  at: number
  invocation: string | undefined
  code: string
} & (
  | { kind: 'end'; outcome: 'reset' | 'skipped' | 'dead_lettered' | 'sent_on' }
  | { kind: 'stopped' }
  | { kind: 'failure'; message: string }
)

const FAILURES = new Set([
  'record failed',
  'invocation failed',
  'secret unavailable',
  'ledger unavailable',
  'secret or ledger unavailable',
])

/** Reads what a log line of the functions tells about the event with this id, if anything. */
export function readTold(line: string, eventId: string): Told | undefined {
  const json = parseJson(line)
  const { data } = LineSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  if (!data) return undefined
  const { message, service, outcome = 'dead_lettered', code = outcome, error_name = 'unknown error' } = data
  const told = { service, at: Date.parse(data.timestamp), invocation: data.function_request_id }
  const isEnd = message === 'member outcome' || message === 'event dead-lettered'
  if (isEnd && data.event_id === eventId) return { ...told, kind: 'end', outcome, code }
  if (message === 'calling stopped') return { ...told, kind: 'stopped', code }
  return FAILURES.has(message) ? { ...told, kind: 'failure', message, code: error_name } : undefined
}
