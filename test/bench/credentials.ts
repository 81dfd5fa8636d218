/** The made-up Stytch project and ledger key that every handler of the benchmark is given. */
export const CREDENTIALS = {
  project_id: 'project-test-00000000-0000-4000-8000-000000000000',
  secret: 'secret-test-benchmark',
}
export const LEDGER_KEY = 'a ledger key of the benchmark, long enough'
