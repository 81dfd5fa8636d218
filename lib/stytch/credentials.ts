import * as z from 'zod'

/** The Stytch secret as its owner fills it in: the host follows from the project id's prefix, so a test key can't reach live members. */
export const CredentialsSchema = z.object({
  project_id: z.string().regex(/^project-(live|test)-[A-Za-z0-9-]+$/, {
    error: 'must begin with "project-live-" or "project-test-"',
  }),
  secret: z.string().regex(/^[!-~]+$/, { error: 'must be printable ASCII and not empty' }),
})

export type Credentials = z.infer<typeof CredentialsSchema>

/** The API's base URL for a project (Stytch's B2B API reference). */
export function stytchBaseUrl({ project_id }: Credentials): string {
  return project_id.startsWith('project-live-') ? 'https://api.stytch.com' : 'https://test.stytch.com'
}
