import { parse } from 'csv-parse/sync'
import { expect, it, onTestFinished } from 'vitest'
import { toDeliveries } from '../../../../cli/progress/deliveries.ts'
import { toCsv } from '../../../../cli/report/to-csv.ts'
import { toReport } from '../../../../cli/report/to-report.ts'
import { deliver, deliverOnce } from '../../../../cli/start/deliveries.ts'
import { ratesOf, toLocalStage } from '../../../../cli/start/local-stage.ts'
import { createLogWatch } from '../../../../cli/start/log-watch.ts'
import { makeBreach } from '../../../../cli/start/scenario.ts'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import { readEvent } from '../../../../lib/progress/progress-table.ts'

const ROWS = 150

/** Runs the sample breach, and returns what the report says and what everyone else has recorded. */
async function runBreach() {
  const scenario = makeBreach(ROWS, Date.now())
  const stage = toLocalStage(ROWS)
  const logs = createLogWatch(scenario.events)
  const system = await startLocalSystem({
    ...{ stageName: 'local', stage, onLog: logs.onLog, stytch: ratesOf(stage) },
  })
  onTestFinished(() => system.stop())
  await scenario.populate(system.stytch)
  const onDelivery = () => ({ look: () => {}, end: () => {} })
  const ends = await deliverOnce({ system, scenario, logs, onDelivery }, '', (look) =>
    deliver(system, scenario.bodies, look),
  )
  const [event] = scenario.events
  if (!event) throw new Error('no event')
  const table = { dynamoDB: system.dynamoDB, table: system.progress.table }
  const history = toDeliveries(await readEvent(table, event))
  const [delivery] = history
  if (!delivery) throw new Error('no facts')
  const letters = system.inspector.messages(system.queues.deadLetter.url)
  return { report: toReport(delivery, history), ends: [...ends], letters, stytch: system.stytch }
}

it('says of each person what the simulated Stytch, the queues and the logs say', async () => {
  const { report, ends, letters, stytch } = await runBreach()
  expect(report).toMatchObject({ state: 'finished', row_count: ROWS, open: { count: 0 } })

  expect(
    report.members.map(({ outcome, code, sessions, sessions_code }) => [
      outcome,
      code,
      sessions,
      sessions_code,
    ]),
  ).toEqual(ends.map(({ kind, code, sessions }) => [kind, code, sessions?.kind, sessions?.code]))

  const lettered = letters.flatMap(({ body }) =>
    (JSON.parse(body).data.members as { row_index: number }[]).map(({ row_index }) => row_index),
  )
  expect(lettered.toSorted((a, b) => a - b)).toEqual(
    report.members.filter(({ outcome }) => outcome === 'dead_lettered').map(({ index }) => index),
  )

  for (const [index, { outcome, reset_at, sessions, sessions_ended_at }] of report.members.entries()) {
    const email = ends[index]?.email
    const calls = stytch.calls().filter((call) => call.email === email)
    if (outcome === 'reset') {
      expect(calls.filter(({ effect }) => effect !== 'none')).toHaveLength(1)
      const at = Date.parse(reset_at ?? '')
      expect(at).toBeGreaterThanOrEqual(Date.parse(report.accepted_at ?? ''))
      expect(at).toBeLessThanOrEqual(calls.at(-1)?.at ?? 0)
    }
    const stolen = stytch.sessions().filter((session) => session.email === email)
    if (sessions === 'ended')
      for (const { revokedAt } of stolen)
        expect(revokedAt).toBeLessThanOrEqual(Date.parse(sessions_ended_at ?? ''))
  }

  const read = parse(toCsv(report), { columns: true }) as Record<string, string>[]
  expect(read).toEqual(
    report.members.map((row) => ({
      ...{ index: `${row.index}`, outcome: row.outcome, code: row.code, reset_at: row.reset_at ?? '' },
      ...{ sessions: row.sessions ?? '', sessions_code: row.sessions_code ?? '' },
      sessions_ended_at: row.sessions_ended_at ?? '',
    })),
  )
})
