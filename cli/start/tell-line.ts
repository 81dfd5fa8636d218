import * as z from 'zod'
import { parseJson } from '../../lib/contract/parse-json.ts'

const LineSchema = z.object({
  message: z.enum(['member outcome', 'event dead-lettered', 'calling stopped']),
  event_id: z.string().optional(),
  person: z.string().optional(),
  member: z.number().optional(),
  outcome: z.string().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
})

/** A log line of the functions in short, if it tells what became of an event or a person. */
export function tellLine(line: string): string | undefined {
  const json = parseJson(line)
  const { data } = LineSchema.safeParse(json.kind === 'parsed' ? json.value : undefined)
  if (!data) return undefined
  const who = data.person
    ? `person ${data.person.slice(0, 12)}`
    : data.member === undefined
      ? ''
      : `row ${data.member}`
  const words = [
    data.outcome ?? data.message,
    data.code,
    who,
    data.event_id && `of ${data.event_id}`,
    data.detail,
  ]
  return `  ${words.filter(Boolean).join('  ')}`
}
