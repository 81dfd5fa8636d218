import * as z from 'zod'

/** Absent, null and "" mean the same at Stytch (its own samples show all three). */
const optionalString = z.string().nullish()

/**
 * Strict on what is relied on and blind to the rest: unknown fields and values pass, new required fields don't matter.
 * (Required: request_id and status_code, per RequireResetResponse in stytchauth/stytch-openapi.)
 */
export const ResetResponseSchema = z.object({
  request_id: z.string().min(1),
  status_code: z.literal(200),
  member_id: optionalString,
  member: z
    .object({ email_address: optionalString, member_id: optionalString, organization_id: optionalString })
    .nullish(),
  organization: z.object({ organization_id: optionalString }).nullish(),
})

export type ResetResponse = z.infer<typeof ResetResponseSchema>

/** A Stytch error body, told from a proxy's JSON by its status_code (a string on one docs page). error_type is optional in Stytch's Python SDK. */
export const ErrorResponseSchema = z
  .object({ status_code: z.coerce.number(), error_type: optionalString, request_id: optionalString })
  .refine(({ error_type, request_id }) => Boolean(error_type || request_id))
