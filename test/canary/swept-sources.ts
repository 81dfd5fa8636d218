import { breachEvent } from '../fixtures/breach-event.ts'

/** The sources of the stage that the bodies go through; one has room for one member an hour. */
export const SWEPT_SOURCES = {
  [breachEvent().source]: {},
  /** Of EventBridge. */
  s: {},
  'urn:dry': { highestMode: 'dry_run' },
  'urn:full': { maxMembersPerEvent: 1, maxMembersPerHour: 1 },
} as const
