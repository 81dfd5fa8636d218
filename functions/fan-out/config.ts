import * as z from 'zod'

/** What the stack puts into the environment of fan-out. */
export const ConfigSchema = z
  .object({
    STAGE: z.string().min(1),
    RESET_QUEUE_URL: z.url(),
    DEAD_LETTER_QUEUE_URL: z.url(),
    MAX_MEMBERS_PER_EVENT: z.coerce.number().int().min(1),
    MEMBERS_PER_MESSAGE: z.coerce.number().int().min(1),
    MESSAGES_AT_ONCE: z.coerce.number().int().min(1),
  })
  .transform((env) => ({
    stage: env.STAGE,
    resetQueueUrl: env.RESET_QUEUE_URL,
    deadLetterQueueUrl: env.DEAD_LETTER_QUEUE_URL,
    maxMembersPerEvent: env.MAX_MEMBERS_PER_EVENT,
    membersPerMessage: env.MEMBERS_PER_MESSAGE,
    messagesAtOnce: env.MESSAGES_AT_ONCE,
  }))

export type Config = z.infer<typeof ConfigSchema>
