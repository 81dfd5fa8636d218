import { type Stage, StageSchema } from '../../../infra/stage.ts'
import { stages } from '../../../infra/stages.ts'
import { toTable } from '../report/to-table.ts'
import type { Receives } from './sweep/create-bench-queue.ts'
import { measureCell } from './sweep/measure-cell.ts'

const USAGE = 'usage: node test/bench/stack/sweep.ts [BUDGET/ENVIRONMENTS ...]'
const LATENCIES_MS = [50, 200]
const MEMBERS_PER_MESSAGE = [5, 10, 13, 25, 50]
const RECORDS_PER_BATCH = [1, 2, 5, 10]
const HEAD = [
  'members × records',
  ...['50', '500', '5,000', '500 × 1', 'small: median', 'worst', 'busiest', 'invoked/1,000'],
]

/**
 * Prints what members per message × records per batch make of an event, on the simulated clock: its time ÷ (members ÷ budget)
 * for 50, 500 and 5,000 members and for 500 events of one member; seconds that an event of one member takes beside one of 10,000;
 * calls in the busiest second; invocations per 1,000 members. Each budget takes one to four minutes.
 */
const words = process.argv.slice(2)
const wanted = (words.length > 0 ? words : ['50/2', '100/2', '500/5']).map(toStage)
if (wanted.every((stage) => stage !== undefined)) {
  for (const stage of wanted) await sweep(stage)
} else {
  process.stderr.write(`${USAGE}\n`)
  process.exitCode = 2
}

function toStage(budget: string): Stage | undefined {
  const [stytchRequestsPerSecond, maximumConcurrency] = budget.split('/').map(Number)
  const knobs = { stytchRequestsPerSecond, maximumConcurrency, maxMembersPerEvent: 10_000 }
  return StageSchema.safeParse({ ...stages.prod, mode: 'enforce', ...knobs }).data
}

async function sweep(stage: Stage): Promise<void> {
  for (const latencyMs of LATENCIES_MS) {
    for (const receives of ['full', 'short'] as const) {
      const { stytchRequestsPerSecond, maximumConcurrency } = stage
      process.stdout.write(
        `\n${stytchRequestsPerSecond} calls a second, ${maximumConcurrency} environments, ${latencyMs} ms, ${receives} receives\n${await table(stage, latencyMs, receives)}\n`,
      )
    }
  }
}

async function table(stage: Stage, latencyMs: number, receives: Receives): Promise<string> {
  const rows = []
  for (const membersPerMessage of MEMBERS_PER_MESSAGE) {
    for (const recordsPerBatch of RECORDS_PER_BATCH) {
      const cell = await measureCell({ ...stage, membersPerMessage, recordsPerBatch }, latencyMs, receives)
      const { ratios, singles, small, busiest, invocationsPerThousand } = cell
      rows.push([
        `${membersPerMessage} × ${recordsPerBatch}`,
        ...[...ratios, singles, small.median, small.worst].map((number) => number.toFixed(2)),
        ...[String(busiest), invocationsPerThousand.toFixed(1)],
      ])
    }
  }
  return toTable(HEAD, rows)
}
