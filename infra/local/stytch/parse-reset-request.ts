import * as z from 'zod'

export type ResetRequest = { email: string; organizationId?: string; memberId?: string }

const BodySchema = z.object({
  email_address: z.string(),
  organization_id: z.string().nullish(),
  member_id: z.string().nullish(),
})

/** Reads the body of a require_reset call; undefined when it is no JSON object with an email_address. Absent, null and "" ids are the same. The e-mail comes out lower-cased. */
export function parseResetRequest(text: string): ResetRequest | undefined {
  const body = BodySchema.safeParse(parseJson(text))
  if (!body.success) return undefined
  const { email_address, organization_id, member_id } = body.data
  return {
    email: email_address.toLowerCase(),
    ...(organization_id ? { organizationId: organization_id } : {}),
    ...(member_id ? { memberId: member_id } : {}),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
