import * as z from 'zod'

const AttributeSchema = z
  .object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.string().optional() })
  .transform(({ DataType, StringValue, BinaryValue }) => ({
    DataType,
    ...(StringValue !== undefined && { StringValue }),
    ...(BinaryValue !== undefined && { BinaryValue }),
  }))

/** What SendMessage and an entry of SendMessageBatch have in common: one message to be sent. */
export const SendRequestSchema = z.object({
  MessageBody: z.string().default(''),
  MessageAttributes: z.record(z.string(), AttributeSchema).default({}),
  MessageSystemAttributes: z.record(z.literal('AWSTraceHeader'), AttributeSchema).optional(),
  MessageGroupId: z.string().optional(),
  DelaySeconds: z.number().optional(),
})

export type SendRequest = z.infer<typeof SendRequestSchema>
