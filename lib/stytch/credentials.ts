import * as z from 'zod'

/** The Stytch secret, as its owner fills it in. The project id's prefix decides the host, so a test key can't reach live members. */
export const CredentialsSchema = z.object({
  project_id: z.string().regex(/^project-(live|test)-[A-Za-z0-9-]+$/, {
    error: 'must begin with "project-live-" or "project-test-"',
  }),
  secret: z.string().regex(/^[!-~]+$/, { error: 'must be printable ASCII and not empty' }),
})

export type Credentials = z.infer<typeof CredentialsSchema>

/** Stytch has two worlds: `live` with the customers, `test` with made-up members. */
export const StytchEnvironmentSchema = z.enum(['live', 'test'], { error: 'must be live or test' })

type StytchEnvironment = z.infer<typeof StytchEnvironmentSchema>

/** The environment that a project belongs to. */
export function stytchEnvironment({ project_id }: Credentials): StytchEnvironment {
  return project_id.startsWith('project-live-') ? 'live' : 'test'
}

const BASE_URLS = { live: 'https://api.stytch.com', test: 'https://test.stytch.com' }

/** The API's base URL for a project (Stytch's B2B API reference). */
export function stytchBaseUrl(credentials: Credentials): string {
  return BASE_URLS[stytchEnvironment(credentials)]
}

export type CredentialsReader = {
  /** The credentials as stored (read through a cache); `invalid` when the secret is empty or malformed. */
  current(): Promise<Credentials | 'invalid'>
  /** The credentials last read for the same project as `known`. */
  latest(known: Credentials): Credentials
  /** After a 401 with `used`: whether the secret has been rotated since. Concurrent callers share one read past the cache. */
  hasRotated(used: Credentials): Promise<boolean>
}

/** Reads the Stytch secret. `readSecret` returns its text; `fresh` goes past the cache. */
export function createCredentialsReader(
  readSecret: (options: { fresh: boolean }) => Promise<string | undefined>,
): CredentialsReader {
  let lastRead: Credentials | undefined
  let rereading: Promise<unknown> | undefined

  async function read(options: { fresh: boolean }): Promise<Credentials | 'invalid'> {
    const credentials = parse(await readSecret(options))
    if (credentials !== 'invalid') lastRead = credentials
    return credentials
  }

  function latest(known: Credentials): Credentials {
    return lastRead?.project_id === known.project_id ? lastRead : known
  }

  async function hasRotated(used: Credentials): Promise<boolean> {
    if (latest(used).secret !== used.secret) return true
    rereading ??= read({ fresh: true }).finally(() => {
      rereading = undefined
    })
    await rereading
    return latest(used).secret !== used.secret
  }

  return { current: () => read({ fresh: false }), latest, hasRotated }
}

function parse(text: string | undefined): Credentials | 'invalid' {
  try {
    return CredentialsSchema.parse(JSON.parse(text ?? ''))
  } catch {
    return 'invalid'
  }
}
