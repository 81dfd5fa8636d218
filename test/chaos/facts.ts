import { listLatest } from '../../cli/progress/progress-source.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { FINISHED } from '../../lib/contract/outcome-event.ts'

/**
 * What the facts and the outcome events of one delivery say. `neverSaid`: runs that are finished, and no outcome event says so;
 * `saidTooEarly`: runs that an outcome event calls finished, and facts do not. `lost`: how many facts and outcome events the functions
 * counted as lost.
 */
export type FactsReport = {
  finished: number
  refused: number
  open: number
  neverSaid: number
  saidTooEarly: number
  lost: number
}

/** Reads the facts of the delivery that began at `from` (ms since the epoch) and is over. */
export async function readFacts(
  { dynamoDB, progress, bus }: Pick<LocalSystem, 'dynamoDB' | 'progress' | 'bus'>,
  { from, lost }: { from: number; lost: number },
): Promise<FactsReport> {
  const source = { dynamoDB, table: progress.table }
  const deliveries = await listLatest(source, { limit: 100_000, canaries: true, now: Date.now() })
  const runs = deliveries.filter(({ lastFactAt }) => lastFactAt >= from)
  const runsIn = (wanted: string) =>
    new Set(runs.flatMap(({ state, run }) => (state === wanted ? [run] : [])))
  const said = new Set(
    bus.events().flatMap(({ detail: { type, data } }) => (type === FINISHED ? [data.run] : [])),
  )
  const [finished, open] = [runsIn('finished'), runsIn('open')]
  return {
    ...{ finished: finished.size, refused: runsIn('refused').size, open: open.size, lost },
    neverSaid: [...finished].filter((run) => !said.has(run)).length,
    saidTooEarly: [...open].filter((run) => said.has(run)).length,
  }
}

/** Counts what the functions log as lost. */
export function createLossCount(): { onLog: (line: string) => void; lost: () => number } {
  let lost = 0
  return {
    onLog(line) {
      if (line.includes('"message":"progress lost"')) lost++
    },
    lost: () => lost,
  }
}

/** Each loss explains one run; so does a row that SQS dead-lettered, of which no function has written anything. */
export function checkFacts(deliveries: readonly { facts: FactsReport; deadLetteredBySqs: number }[]) {
  const sum = (wrongOf: (facts: FactsReport, deadLetteredBySqs: number) => number) =>
    deliveries
      .map(({ facts, deadLetteredBySqs }) => Math.max(0, wrongOf(facts, deadLetteredBySqs)))
      .reduce((total, wrong) => total + wrong, 0)
  return [
    {
      label: 'runs that stay open, and no loss explains it',
      wrong: sum(({ open, lost }, deadLetteredBySqs) => open - lost - deadLetteredBySqs),
    },
    {
      label: 'finished runs that no outcome event names, and no loss explains it',
      wrong: sum(({ neverSaid, lost }) => neverSaid - lost),
    },
    { label: 'runs called finished that are not', wrong: sum(({ saidTooEarly }) => saidTooEarly) },
  ]
}
