import { BreachEventSchema } from './breach-event.ts'

const IdentitySchema = BreachEventSchema.pick({ source: true, id: true })

/** Source and id of something that may not be a valid event otherwise, if these two are; so that its producer can find it. */
export function identifyEvent(value: unknown): { source: string; id: string } | undefined {
  return IdentitySchema.safeParse(value).data
}
