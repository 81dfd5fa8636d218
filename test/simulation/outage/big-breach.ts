import type { Outage, Scenario } from '../scenario/scenario.ts'

/** One event that names many members, each once, and what goes wrong at Stytch meanwhile. */
export function bigBreach(members: number, outages: readonly Outage[], entropy = 1): Scenario {
  return {
    entropy,
    deployment: 'wide',
    people: Array.from({ length: members }, () => 'member'),
    sources: undefined,
    produced: [
      {
        kind: 'event',
        rows: Array.from({ length: members }, (_, person) => ({ person, ids: 'none' })),
        sentAt: 0,
        copies: [],
        clockOff: 0,
        exposedBefore: 3_600_000,
        expiresAfter: undefined,
        mode: undefined,
      },
    ],
    faults: [],
    outages,
    brownouts: [],
    badDeploys: [],
    rotation: undefined,
    newPasswords: [],
    redriveAt: undefined,
  }
}
