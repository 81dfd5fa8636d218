import type { OutcomeEvent } from '../contract/outcome-event.ts'
import type { Observe } from '../observability/observe.ts'
import type { Fact } from './fact.ts'
import { toFinishedEvent, toFirstEvent } from './outcome-events.ts'
import type { PutFact, ReadRun } from './progress-table.ts'
import { toRunState } from './run-state.ts'

export type SendOutcomes = (events: readonly OutcomeEvent[]) => Promise<void>

/** What keeping facts takes. `sendOutcomes` is undefined in a stage that sends no outcome events. */
export type ProgressEnvironment = {
  config: { stage: string }
  putFact: PutFact
  readRun: ReadRun
  sendOutcomes: SendOutcomes | undefined
  observe: Pick<Observe, 'failure' | 'measure'>
  sleep: (ms: number) => Promise<void>
  random: () => number
}

const MAX_MS = 1000

/**
 * Puts facts into the table and sends the outcome events that follow from them, in at most a second or `leftMs`. Whoever writes the last
 * fact of a run sees all of them, and says that it is finished. Facts are bookkeeping: never rejects; what is lost is counted.
 */
export async function keepFacts(
  environment: ProgressEnvironment,
  facts: readonly Fact[],
  leftMs: number,
): Promise<void> {
  const { observe, sleep } = environment
  if (facts.length === 0) return
  const timeIsUp = sleep(Math.max(0, Math.min(MAX_MS, leftMs))).then(() => {
    throw new Error('keeping facts took too long')
  })
  timeIsUp.catch(() => {})
  await Promise.all(
    facts.map(async (fact) => {
      try {
        await Promise.race([keep(environment, fact), timeIsUp])
      } catch (error) {
        observe.failure('progress lost', error)
        observe.measure('ProgressLost', 1)
      }
    }),
  )
}

async function keep(environment: ProgressEnvironment, fact: Fact): Promise<void> {
  const { putFact, readRun, sendOutcomes, random, config } = environment
  const first = sendOutcomes && toFirstEvent(config, fact)
  const sending = first && sendOutcomes([first])
  const keeping = (async () => {
    await putFact(fact, random().toString(36).slice(2))
    if (!sendOutcomes || !fact.event || fact.refused) return
    const state = toRunState(await readRun(fact.event, fact.run))
    const finished = toFinishedEvent(config, state)
    if (finished) await sendOutcomes([finished])
  })()
  await Promise.all([sending, keeping])
}
