import * as z from 'zod'
import { parseJson } from './parse-json.ts'

/** A text that is JSON of what `schema` describes. */
export function jsonText<Schema extends z.ZodType>(schema: Schema) {
  const parsed = z.string().transform((text, context) => {
    const json = parseJson(text)
    if (json.kind === 'parsed') return json.value
    context.addIssue({ code: 'custom', message: 'must be JSON' })
    return z.NEVER
  })
  return parsed.pipe(schema)
}
