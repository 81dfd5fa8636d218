import type { OutcomeEvent } from '../contract/outcome-event.ts'
import { describeError } from '../observability/describe-error.ts'
import { eventIdentity, type Observe } from '../observability/observe.ts'
import type { Fact } from './fact.ts'
import { toFinishedEvent, toFirstEvent } from './outcome-events.ts'
import type { PutFact, ReadRun } from './progress-table.ts'
import { toRunState } from './run-state.ts'

export type SendOutcomes = (events: readonly OutcomeEvent[]) => Promise<void>

/** The effects on table and bus. `sendOutcomes` is undefined in a stage that sends no outcome events. */
export type ProgressEffects = {
  putFact: PutFact
  readRun: ReadRun
  sendOutcomes: SendOutcomes | undefined
}

export type ProgressEnvironment = ProgressEffects & {
  config: { stage: string }
  observe: Pick<Observe, 'note' | 'measure'>
  sleep: (ms: number) => Promise<void>
  random: () => number
}

const MAX_MS = 2000
/** For the response, which acknowledges the records. */
const RESPONSE_MS = 250

/**
 * Puts facts into the table and sends the outcome events that follow from them, in at most two seconds, and well within the `leftMs` of the
 * invocation. The writer of the last fact of a run sees all of them, and says that it is finished. Facts are bookkeeping: never rejects;
 * what is lost is counted.
 */
export async function keepFacts(
  environment: ProgressEnvironment,
  facts: readonly Fact[],
  leftMs: number,
): Promise<void> {
  const { observe, sleep } = environment
  if (facts.length === 0) return
  const timeIsUp = sleep(Math.max(0, Math.min(MAX_MS, leftMs - RESPONSE_MS))).then(() => {
    throw new Error('keeping facts took too long')
  })
  timeIsUp.catch(() => {})
  const inTime = async ({ event, run }: Fact, work: Promise<void>) => {
    try {
      await Promise.race([work, timeIsUp])
    } catch (error) {
      observe.note('progress lost', { ...(event && eventIdentity(event)), run, ...describeError(error) })
      observe.measure('ProgressLost', 1)
    }
  }
  await Promise.all(
    facts.flatMap((fact) => [
      inTime(fact, sendFirst(environment, fact)),
      inTime(fact, keepFact(environment, fact)),
    ]),
  )
}

async function sendFirst({ config, sendOutcomes }: ProgressEnvironment, fact: Fact): Promise<void> {
  const first = sendOutcomes && toFirstEvent(config, fact)
  if (first) await sendOutcomes([first])
}

async function keepFact(environment: ProgressEnvironment, fact: Fact): Promise<void> {
  const { putFact, readRun, sendOutcomes, random, config } = environment
  await putFact(fact, String(random()))
  if (!sendOutcomes || !fact.event || fact.refused) return
  const finished = toFinishedEvent(config, toRunState(await readRun(fact.event, fact.run)))
  if (finished) await sendOutcomes([finished])
}
