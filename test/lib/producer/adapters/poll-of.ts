import type { adapters } from '../../../../lib/producer/adapters/adapters.ts'

/** What a vendor gives for people by alias at leak.example, exposed before 2026-11-20T12:00:00Z: the same for the same people. */
export const pollOf = {
  spycloud: (aliases) => ({
    results: aliases.map((alias) => ({
      document_id: `document-${alias}`,
      spycloud_publish_date: '2026-11-20T00:00:00Z',
      email: `${alias}@leak.example`,
      password: 'canary-stolen-password',
      infected_time: '2026-11-20T09:30:00Z',
    })),
  }),
  enzoic: (aliases) =>
    aliases.map((alias) => ({
      username: `${alias}@leak.example`,
      date: '2026-11-20T10:00:00Z',
      exposureID: '6740aa',
      exposureDetails: { exposedData: ['Passwords'], dateAdded: '2026-11-19T08:00:00Z' },
    })),
  hibp: (aliases) => ({
    domain: 'leak.example',
    breached_domain: Object.fromEntries(aliases.map((alias) => [alias, ['Forum']])),
    breaches: [
      { Name: 'Forum', AddedDate: '2026-11-20T08:00:00Z', DataClasses: ['Passwords'], IsVerified: true },
    ],
  }),
  'push-security': (aliases) =>
    aliases.map((alias) => ({
      id: `webhook-${alias}`,
      object: 'STOLEN_CREDENTIALS_DETECTED',
      timestamp: Date.parse('2026-11-20T11:00:00Z') / 1000,
      new: { employee: { email: `${alias}@leak.example` } },
    })),
} satisfies Record<keyof typeof adapters, (aliases: readonly string[]) => unknown>
