import { stages } from '../../../infra/stages.ts'
import { measureCell } from './sweep/measure-cell.ts'

const BUDGETS = [
  { stytchRequestsPerSecond: 50, maximumConcurrency: 2 },
  { stytchRequestsPerSecond: 100, maximumConcurrency: 2 },
  { stytchRequestsPerSecond: 500, maximumConcurrency: 5 },
]
const LATENCIES_MS = [50, 200]
const MEMBERS_PER_MESSAGE = [5, 10, 13, 25, 50]
const RECORDS_PER_BATCH = [1, 2, 5, 10]
const HEAD = '  50   500  5000  inv/1000 busiest  small: median  worst'

/**
 * Prints, on the simulated clock, what members per message × records per batch make of an event: its time ÷ (members ÷ budget)
 * for 50, 500 and 5,000 members, invocations per 1,000 members, the busiest second at Stytch, and how many seconds events of
 * one member take that come while one of 10,000 is worked off; each with full receives and with short ones.
 */
const only = process.argv[2]
const say = (text: string) => process.stdout.write(`${text}\n`)
for (const budget of BUDGETS) {
  const name = `${budget.stytchRequestsPerSecond}/${budget.maximumConcurrency}`
  if (only && only !== name) continue
  for (const latencyMs of LATENCIES_MS) {
    say(`\nbudget ${name}, latency ${latencyMs} ms`)
    say(`members×records   full receives: ${HEAD}   short receives: ${HEAD}`)
    for (const membersPerMessage of MEMBERS_PER_MESSAGE) {
      for (const recordsPerBatch of RECORDS_PER_BATCH) {
        const knobs = { ...budget, membersPerMessage, recordsPerBatch, maxMembersPerEvent: 10_000 }
        const stage = { ...stages.prod, mode: 'enforce', ...knobs } as const
        const columns = []
        for (const receives of ['full', 'short'] as const) {
          const { ratios, small, busiest, invocationsPerThousand } = await measureCell(
            stage,
            latencyMs,
            receives,
          )
          const numbers = [...Object.values(ratios).map((ratio) => ratio.toFixed(2).padStart(4)), ''].join(
            '  ',
          )
          columns.push(
            `${numbers}${invocationsPerThousand.toFixed(1).padStart(8)} ${String(busiest).padStart(7)}  ${small.median.toFixed(2).padStart(13)} ${small.worst.toFixed(2).padStart(6)}`,
          )
        }
        say(`${membersPerMessage}×${recordsPerBatch}`.padEnd(33) + columns.join(' '.repeat(19)))
      }
    }
  }
}
