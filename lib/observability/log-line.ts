import * as z from 'zod'
import { parseJson } from '../contract/parse-json.ts'

/**
 * The fields of the functions' JSON log lines that tools read. `message` says what a line is about, such as `member outcome`,
 * `event dead-lettered`, `calling stopped` or `record failed`; the other fields are there or not by that.
 */
const LogLineSchema = z.object({
  message: z.string(),
  /** The function: `fan-out`, `require-reset` or `end-sessions`. */
  service: z.string().optional(),
  /** When it was logged by the function's clock, RFC 3339. */
  timestamp: z.string().optional(),
  /** Lambda's id of the invocation. */
  function_request_id: z.string().optional(),
  event_id: z.string().optional(),
  /** Who sent the event: the unique id of a role or user, or the number of an account. */
  sender: z.string().optional(),
  /** The ledger's HMAC of a person. Before its key is known, `member` is the row's index in the event. */
  person: z.string().optional(),
  member: z.number().optional(),
  outcome: z.enum(['reset', 'ended', 'skipped', 'dead_lettered', 'deferred']).optional(),
  /** A code of docs/contract.md. */
  code: z.string().optional(),
  /** The Stytch project that a canary was sent to. */
  project_id: z.string().optional(),
  /** Field and rule of a dead letter. */
  detail: z.string().optional(),
  error_name: z.string().optional(),
})

export type LogLine = z.infer<typeof LogLineSchema>

/** Parses a log line of the functions. Undefined for any other text: a process that is killed may leave half a line. */
export function parseLogLine(text: string): LogLine | undefined {
  const json = parseJson(text)
  return json.kind === 'parsed' ? LogLineSchema.safeParse(json.value).data : undefined
}
