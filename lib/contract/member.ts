import * as z from 'zod'
import { opaqueId } from './opaque-id.ts'

/** One row of a breach event: whose password is stolen. The effect at Stytch is per e-mail; the ids only narrow it. */
export const MemberSchema = z.object({
  email_address: z
    .string()
    .trim()
    .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, {
      error: 'must be an e-mail address without spaces or control characters',
    })
    .regex(/^.{0,320}$/su, { error: 'must be at most 320 characters' }),
  organization_id: opaqueId(128).describe('Id, slug or external id at Stytch.').optional(),
  member_id: opaqueId(128).describe('Id or external id at Stytch.').optional(),
})

export type Member = z.infer<typeof MemberSchema>
