import * as z from 'zod'
import { ModeSchema } from '../../lib/contract/breach-event.ts'
import { jsonText } from '../../lib/contract/json-text.ts'
import { PROGRESS_VARIABLES } from '../../lib/progress/effects.ts'

const RulesSchema = z.record(
  z.string(),
  z.object({
    maxMembersPerEvent: z.int().optional(),
    maxMembersPerHour: z.int().optional(),
    highestMode: ModeSchema.optional(),
    senders: z.array(z.string()).readonly().optional(),
  }),
)

/** What each source may send, by its name or `*`, as JSON. infra/props.ts describes the fields. */
export const SourcesSchema = jsonText(RulesSchema)

export type Sources = z.infer<typeof SourcesSchema>

/** The environment variables of fan-out, set by the stack. */
export const ConfigSchema = z
  .object({
    STAGE: z.string().min(1),
    MODE: ModeSchema,
    RESET_QUEUE_URL: z.url(),
    DEAD_LETTER_QUEUE_URL: z.url(),
    /** Where events go that a stage would enforce which is a dry run. Left out in any other. */
    REHEARSED_QUEUE_URL: z.url().optional(),
    MAX_MEMBERS_PER_EVENT: z.coerce.number().int().min(1),
    MAX_MEMBERS_PER_HOUR: z.coerce.number().int().min(1).optional(),
    MEMBERS_PER_MESSAGE: z.coerce.number().int().min(1),
    MESSAGES_AT_ONCE: z.coerce.number().int().min(1),
    SOURCES: SourcesSchema.optional(),
    /** Empty where hours are not limited. */
    QUOTA_TABLE: z.string().default(''),
    ...PROGRESS_VARIABLES,
  })
  .transform((env) => ({
    stage: env.STAGE,
    mode: env.MODE,
    resetQueueUrl: env.RESET_QUEUE_URL,
    deadLetterQueueUrl: env.DEAD_LETTER_QUEUE_URL,
    rehearsedQueueUrl: env.REHEARSED_QUEUE_URL,
    maxMembersPerEvent: env.MAX_MEMBERS_PER_EVENT,
    maxMembersPerHour: env.MAX_MEMBERS_PER_HOUR,
    membersPerMessage: env.MEMBERS_PER_MESSAGE,
    messagesAtOnce: env.MESSAGES_AT_ONCE,
    sources: env.SOURCES,
    quotaTable: env.QUOTA_TABLE,
    progressTable: env.PROGRESS_TABLE,
    outcomeBus: env.OUTCOME_BUS,
  }))

export type Config = z.infer<typeof ConfigSchema>
