import type { SQSBatchResponse } from 'aws-lambda'
import type { StepEvent } from '../contract/breach-event.ts'
import type { Observe } from '../observability/observe.ts'
import type { End, Fact } from '../progress/fact.ts'
import { keepFacts, type ProgressEnvironment } from '../progress/keep-facts.ts'
import { processBatch } from '../queue/process-batch.ts'

/**
 * Settles the records of a step's batch, and keeps facts about those that were settled before they are acknowledged. `leftMs`: how much of its
 * time is left to the invocation. Returns the batch item failures.
 */
export async function settleBatch<Record extends { messageId: string }>(
  environment: ProgressEnvironment & { observe: Observe; now: () => number },
  by: Fact['by'],
  records: readonly Record[] | undefined,
  settle: (record: Record) => Promise<Settled[]>,
  leftMs: () => number,
): Promise<SQSBatchResponse> {
  const settled: Settled[] = []
  const handle = async (record: Record) => void settled.push(...(await settle(record)))
  const response = await processBatch(records, handle, environment.observe)
  await keepFacts(environment, toFacts(by, settled, environment.now()), leftMs())
  return response
}

/** What a step has settled of one message. People of older versions, without an index, are left out. */
export type Settled = { event: StepEvent; ends: readonly End[]; passedOn: readonly number[] }

/** What an invocation of a step has found out, one fact for each run. Messages of older versions, and deferred people, are in none. */
function toFacts(by: Fact['by'], settled: readonly Settled[], at: number): Fact[] {
  const byRun = Map.groupBy(settled, ({ event }) => event.resetrun)
  return [...byRun].flatMap(([run, some]) => {
    const [first] = some
    const ends = some.flatMap((one) => one.ends)
    const passedOn = some.flatMap((one) => one.passedOn)
    if (run === undefined || !first || ends.length + passedOn.length === 0) return []
    const { source, id } = first.event
    return [{ event: { source, id }, run, by, at, ends, passedOn }]
  })
}
