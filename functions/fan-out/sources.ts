import * as z from 'zod'
import { ModeSchema } from '../../lib/contract/breach-event.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'

const RulesSchema = z.record(
  z.string(),
  z.object({
    maxMembersPerEvent: z.int().optional(),
    maxMembersPerHour: z.int().optional(),
    highestMode: ModeSchema.optional(),
  }),
)

/** What each source may send, by its name or `*`, as JSON; infra/sources.ts says what the fields mean. */
export const SourcesSchema = z
  .string()
  .transform((text, context) => {
    const parsed = parseJson(text)
    if (parsed.kind === 'parsed') return parsed.value
    context.addIssue({ code: 'custom', message: 'must be JSON' })
    return z.NEVER
  })
  .pipe(RulesSchema)

export type Sources = z.infer<typeof SourcesSchema>
