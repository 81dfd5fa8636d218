import { acknowledgedWhenDurable } from './acknowledged-when-durable.ts'
import { awsTakesEverything } from './aws-takes-everything.ts'
import { doubtIsTold } from './doubt-is-told.ts'
import { everythingDrains } from './everything-drains.ts'
import { fenceIsKept } from './fence-is-kept.ts'
import { fewUnrecorded } from './few-unrecorded.ts'
import { hourlyLimitHolds } from './hourly-limit-holds.ts'
import { lettersAreUseful } from './letters-are-useful.ts'
import { lettersTellTheTruth } from './letters-tell-the-truth.ts'
import { limitAndExpiryAreObeyed } from './limit-and-expiry-are-obeyed.ts'
import { modeAndAgeAreKept } from './mode-and-age-are-kept.ts'
import { neverWhenCovered } from './never-when-covered.ts'
import { nobodyIsLost } from './nobody-is-lost.ts'
import { nothingLeaks } from './nothing-leaks.ts'
import { oneEndEach } from './one-end-each.ts'
import { rateHolds } from './rate-holds.ts'
import { refusedResetNobody } from './refused-reset-nobody.ts'
import { repeatsHaveACause } from './repeats-have-a-cause.ts'
import { rowsAreTrue } from './rows-are-true.ts'
import type { Story } from './story.ts'
import { stytchIsObeyed } from './stytch-is-obeyed.ts'
import { timeIsKept } from './time-is-kept.ts'

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
