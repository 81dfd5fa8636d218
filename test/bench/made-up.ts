/** The made-up Stytch project and ledger key that the benchmark gives to every handler. */
export const CREDENTIALS = {
  project_id: 'project-test-00000000-0000-4000-8000-000000000000',
  secret: 'secret-test-benchmark',
}
export const LEDGER_KEY = 'a ledger key of the benchmark, long enough'

/** The names under which the handlers ask for these two secrets. */
export const STYTCH_SECRET = 'stytch-secret'
export const LEDGER_KEY_SECRET = 'ledger-key'

/** The organization of every member. */
export const ORGANIZATION_ID = 'organization-test-00000000-0000-4000-8000-000000000000'
