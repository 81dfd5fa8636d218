import { doubtIsTold, lettersAreUseful, lettersTellTheTruth } from './letters.ts'
import {
  hourlyLimitHolds,
  limitAndExpiryAreObeyed,
  modeAndAgeAreKept,
  rateHolds,
  stytchIsObeyed,
  timeIsKept,
} from './limits.ts'
import {
  acknowledgedWhenDurable,
  awsTakesEverything,
  everythingDrains,
  fenceIsKept,
  nothingLeaks,
  rowsAreTrue,
} from './messages.ts'
import {
  fewUnrecorded,
  neverWhenCovered,
  nobodyIsLost,
  oneEndEach,
  refusedResetNobody,
  repeatsHaveACause,
} from './people.ts'
import type { Story } from './story.ts'

/** Every promise, with what finds the places where a run breaks it. */
export const INVARIANTS = {
  'nobody is lost': nobodyIsLost,
  'acknowledged only when durable': acknowledgedWhenDurable,
  'one end each': oneEndEach,
  'never called when covered': neverWhenCovered,
  'repeats have a cause': repeatsHaveACause,
  'few are called and unrecorded': fewUnrecorded,
  'the rate holds': rateHolds,
  'time is kept for settling': timeIsKept,
  'the fence is kept': fenceIsKept,
  'the limit and the expiry are obeyed': limitAndExpiryAreObeyed,
  'the hourly limit holds': hourlyLimitHolds,
  'refused events reset nobody': refusedResetNobody,
  'mode, expiry and age are kept': modeAndAgeAreKept,
  'dead letters are useful': lettersAreUseful,
  'doubt is told': doubtIsTold,
  'rows are true': rowsAreTrue,
  'dead letters tell the truth': lettersTellTheTruth,
  'Retry-After is obeyed': stytchIsObeyed,
  'everything drains': everythingDrains,
  'AWS takes every request': awsTakesEverything,
  'nothing leaks': nothingLeaks,
} as const satisfies Record<string, (story: Story) => string[]>

export type InvariantName = keyof typeof INVARIANTS

export type Violation = { invariant: InvariantName; detail: string }

/** Every place where a run breaks a promise. */
export function findViolations(story: Story): Violation[] {
  const names = Object.keys(INVARIANTS) as InvariantName[]
  return names.flatMap((invariant) => INVARIANTS[invariant](story).map((detail) => ({ invariant, detail })))
}
