import {
  fewResetsUnrecorded,
  nobodyCoveredIsCalled,
  onlyOurProjectIsCalled,
  rateHolds,
  retryAfterIsObeyed,
  sessionRatesHold,
  timeIsLeft,
} from './calls.ts'
import { nobodyIsSilent } from './clocks.ts'
import { countsAreTrue } from './counts.ts'
import {
  deadLettersCanBeRedriven,
  deadLettersGiveTheTrueReason,
  uncertainResetsAreReported,
} from './dead-letters.ts'
import { factsAreTrue, factsComeLast, factsDelayNothing } from './facts.ts'
import { hourlyLimitHolds, refusalsTakeNoRoom } from './hour.ts'
import {
  misplacedLimitsResetNobody,
  refusedEventsResetNobody,
  sizeAndExpiryAreObeyed,
  wrongSendersResetNobody,
} from './limits.ts'
import { indicesAreKept } from './marks.ts'
import {
  awsAcceptsEverything,
  fenceIsKept,
  ledgerRowsAreTrue,
  modeAndAgeAreKept,
  nothingLeaks,
  queuesDrain,
} from './messages.ts'
import { everythingIsSaid, finishedIsTrue, outcomeEventsAgree } from './outcome-events.ts'
import { everyoneResetIsPassedOn, passedOnAreReset } from './passed-on.ts'
import { acknowledgedWhenDurable, exactlyOneOutcome, nobodyIsLost } from './people.ts'
import { onlyNamedLettersComeIn } from './redrives.ts'
import { dryRunsAreKept, nothingElseIsKept } from './rehearsal.ts'
import { everyRepeatHasACause } from './repeats.ts'
import { nobodyIsLookedForForEver, slowSearchesGetSmaller, whoIsMissedIsLookedForAgain } from './searches.ts'
import {
  loggedOutWhenAcknowledged,
  sessionLettersGiveTheTrueReason,
  whoIsRefusedHasNobodyLeftToTry,
} from './session-messages.ts'
import {
  endedRowsAreTrue,
  nobodyElseIsLoggedOut,
  nobodyEndedIsLoggedOut,
  nobodyIsLoggedOutForNothing,
  noStolenSessionIsAlive,
} from './sessions.ts'
import type { Trace } from './trace.ts'

/** Every promise, with the function that finds each place where a run breaks it. */
export const INVARIANTS = {
  'nobody is lost': nobodyIsLost,
  'acknowledged only when durable': acknowledgedWhenDurable,
  'everyone has exactly one outcome': exactlyOneOutcome,
  'nobody covered is called': nobodyCoveredIsCalled,
  'only our project is called': onlyOurProjectIsCalled,
  'every repeat has a cause': everyRepeatHasACause,
  'few resets are unrecorded': fewResetsUnrecorded,
  'the rate holds': rateHolds,
  'nobody is silent for long': nobodyIsSilent,
  'time is left for settling': timeIsLeft,
  'the fence is kept': fenceIsKept,
  'size limit and expiry are obeyed': sizeAndExpiryAreObeyed,
  'the hourly limit holds': hourlyLimitHolds,
  'who is refused takes no room': refusalsTakeNoRoom,
  'misplaced limits reset nobody': misplacedLimitsResetNobody,
  'refused events reset nobody': refusedEventsResetNobody,
  'wrong senders reset nobody': wrongSendersResetNobody,
  'dry runs of the stage are kept': dryRunsAreKept,
  'nothing else is kept': nothingElseIsKept,
  'nobody is reset by a letter that nobody named': onlyNamedLettersComeIn,
  'mode, expiry and age are kept': modeAndAgeAreKept,
  'dead letters can be redriven': deadLettersCanBeRedriven,
  'uncertain resets are reported': uncertainResetsAreReported,
  'ledger rows are true': ledgerRowsAreTrue,
  'dead letters give the true reason': deadLettersGiveTheTrueReason,
  'Retry-After is obeyed': retryAfterIsObeyed,
  'only who is reset is passed on': passedOnAreReset,
  'everyone reset is passed on': everyoneResetIsPassedOn,
  'no stolen session is alive': noStolenSessionIsAlive,
  'sessions are acknowledged only when ended': loggedOutWhenAcknowledged,
  'rows of ended sessions are true': endedRowsAreTrue,
  'nobody else is logged out': nobodyElseIsLoggedOut,
  'nobody is logged out again': nobodyEndedIsLoggedOut,
  'who is missed is looked for again': whoIsMissedIsLookedForAgain,
  'nobody is looked for for ever': nobodyIsLookedForForEver,
  'nobody is logged out for nothing': nobodyIsLoggedOutForNothing,
  'slow searches get smaller': slowSearchesGetSmaller,
  'the rates of end-sessions hold': sessionRatesHold,
  'letters of end-sessions give the true reason': sessionLettersGiveTheTrueReason,
  'who is refused has nobody left to try': whoIsRefusedHasNobodyLeftToTry,
  'runs and indices are kept': indicesAreKept,
  'facts are true': factsAreTrue,
  'facts come last': factsComeLast,
  'facts delay nothing': factsDelayNothing,
  'counts are true': countsAreTrue,
  'nothing is finished too early': finishedIsTrue,
  'everything is said': everythingIsSaid,
  'outcome events agree': outcomeEventsAgree,
  'the queues drain': queuesDrain,
  'AWS accepts every request': awsAcceptsEverything,
  'nothing leaks': nothingLeaks,
} as const satisfies Record<string, (trace: Trace) => string[]>

export type InvariantName = keyof typeof INVARIANTS

export type Violation = { invariant: InvariantName; detail: string }

/** Returns every place where a run breaks a promise. */
export function findViolations(trace: Trace): Violation[] {
  const names = Object.keys(INVARIANTS) as InvariantName[]
  return names.flatMap((invariant) => INVARIANTS[invariant](trace).map((detail) => ({ invariant, detail })))
}
