/** The secrets of a run in process, as their owners fill them in. */
export const SECRETS = {
  credentials: { project_id: 'project-test-kanari', secret: 'secret-test-kanari/s=1+x&y' },
  next: 'secret-test-kanari/s=2+x&y',
  ledgerKey: 'kanari/ledger=key+of&at-least-32-characters',
}
