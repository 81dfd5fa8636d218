import * as z from 'zod'
import { parseJson } from '../../lib/contract/parse-json.ts'

const LineSchema = z.object({
  message: z.literal('member outcome'),
  outcome: z.enum(['reset', 'skipped', 'dead_lettered', 'sent_on']),
  code: z.string().default(''),
  person: z.string().optional(),
  event_id: z.string(),
})

export type LoggedOutcome = z.infer<typeof LineSchema>

/** The member outcome in a log line of the functions, if it is one. A process that is killed may leave half a line. */
export function readOutcomeLine(line: string): LoggedOutcome | undefined {
  if (!line.includes('"member outcome"')) return undefined
  const json = parseJson(line)
  return json.kind === 'parsed' ? LineSchema.safeParse(json.value).data : undefined
}
