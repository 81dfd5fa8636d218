import { parse } from 'csv-parse/sync'
import { expect, it, onTestFinished } from 'vitest'
import { toDeliveries } from '../../../../cli/progress/deliveries.ts'
import { type Report, toCsv, toReport } from '../../../../cli/report/to-report.ts'
import { deliver, deliverOnce } from '../../../../cli/start/deliveries.ts'
import { ratesOf, toLocalStage } from '../../../../cli/start/local-stage.ts'
import { createLogWatch } from '../../../../cli/start/log-watch.ts'
import { makeBreach } from '../../../../cli/start/scenario.ts'
import type { RowEnd } from '../../../../cli/start/tally.ts'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import { readEvent } from '../../../../lib/progress/progress-table.ts'

const ROWS = 200
const SUSPENDED = 'organization_suspended'

/** Runs the sample breach, then redrives its letters of an organization that is not suspended any more. */
async function runBreach() {
  const scenario = makeBreach(ROWS, Date.now())
  const stage = toLocalStage(ROWS)
  const logs = createLogWatch(scenario.events)
  const system = await startLocalSystem({
    ...{ stageName: 'local', stage, onLog: logs.onLog, stytch: ratesOf(stage) },
  })
  onTestFinished(() => system.stop())
  const { stytch, inspector, queues } = system
  const organizations: { suspended: boolean }[] = []
  const addOrganization: typeof stytch.addOrganization = (given) => {
    const organization = stytch.addOrganization(given)
    organizations.push(organization)
    return organization
  }
  await scenario.populate({ ...stytch, addOrganization })
  const [event] = scenario.events
  if (!event) throw new Error('no event')

  const send = async (members: readonly unknown[], bodies: Iterable<string>) => {
    const events = [{ ...event, data: { ...event.data, members: [...members] } }]
    const run = { system, scenario: { events, rows: members.length }, logs, onDelivery: quiet }
    const ends = [...(await deliverOnce(run, '', (look) => deliver(system, bodies, look)))]
    const table = { dynamoDB: system.dynamoDB, table: system.progress.table }
    const history = toDeliveries(await readEvent(table, event))
    const [delivery] = history
    if (!delivery) throw new Error('no facts')
    return { ends, delivery, report: toReport(delivery, history) }
  }
  const lettersOf = () => inspector.messages(queues.deadLetter.url)

  const first = await send(event.data.members, scenario.bodies)
  const letters = lettersOf()
  for (const organization of organizations) organization.suspended = false
  const redriven = letters.filter(({ attributes }) => attributes['failure-code'] === SUSPENDED)
  const again = await send(
    indicesIn(redriven).map((index) => event.data.members[index]),
    redriven.map(({ body }) => body),
  )
  return { first, letters, redriven, again, stytch }
}

const quiet = () => ({ look: () => {}, end: () => {} })

type Letter = { body: string; attributes: Readonly<Record<string, string>> }

function indicesIn(letters: readonly Letter[]): number[] {
  return letters.flatMap(({ body }) =>
    (JSON.parse(body).data.members as { row_index: number }[]).map(({ row_index }) => row_index),
  )
}

const seen = ({ kind, code, sessions }: RowEnd) => [kind, code, sessions?.kind, sessions?.code]
const said = ({ outcome, code, sessions, sessions_code }: Report['members'][number]) => [
  ...[outcome, code, sessions, sessions_code],
]

it('says of each person, also after a redrive, what the simulated Stytch, the queues and the logs say', async () => {
  const { first, letters, redriven, again, stytch } = await runBreach()
  expect(first.report).toMatchObject({ state: 'finished', row_count: ROWS, open: { count: 0 } })
  expect(first.report.members.map(said)).toEqual(first.ends.map(seen))

  const lettered = letters.flatMap((letter) =>
    indicesIn([letter]).map((index) => [index, letter.attributes['failure-code']] as const),
  )
  const reported = first.report.members.flatMap(({ index, outcome, code, sessions, sessions_code }) => [
    ...(outcome === 'dead_lettered' ? [[index, code] as const] : []),
    ...(sessions === 'dead_lettered' ? [[index, sessions_code] as const] : []),
  ])
  expect(lettered.toSorted(([a], [b]) => a - b)).toEqual(reported)

  const indices = indicesIn(redriven)
  expect(indices).toHaveLength(ROWS / 50)
  const ends = [...first.ends]
  for (const [position, index] of indices.entries()) ends[index] = again.ends[position] as RowEnd
  expect(again.report.members.map(said)).toEqual(ends.map(seen))
  expect(indices.map((index) => ends[index]?.kind)).toEqual(indices.map(() => 'reset'))
  const { redrives } = again.delivery
  expect(redrives.flatMap(({ rows }) => rows.map(({ index }) => index)).toSorted((a, b) => a - b)).toEqual(
    indices.toSorted((a, b) => a - b),
  )

  const callsOf = Map.groupBy(stytch.calls(), ({ email }) => email)
  const sessionsOf = Map.groupBy(stytch.sessions(), ({ email }) => email)
  for (const [index, { outcome, reset_at, sessions, sessions_ended_at }] of again.report.members.entries()) {
    const email = ends[index]?.email ?? ''
    const calls = callsOf.get(email) ?? []
    if (outcome === 'reset') {
      expect(calls.filter(({ effect }) => effect !== 'none')).toHaveLength(1)
      const at = Date.parse(reset_at ?? '')
      expect(at).toBeGreaterThanOrEqual(Date.parse(again.report.accepted_at ?? ''))
      expect(at).toBeLessThanOrEqual(calls.at(-1)?.at ?? 0)
    }
    if (sessions === 'ended')
      for (const { revokedAt } of sessionsOf.get(email) ?? [])
        expect(revokedAt).toBeLessThanOrEqual(Date.parse(sessions_ended_at ?? ''))
  }

  const read = parse(toCsv(again.report), { columns: true }) as Record<string, string>[]
  expect(read).toEqual(
    again.report.members.map((row) => ({
      ...{ index: `${row.index}`, outcome: row.outcome, code: row.code, reset_at: row.reset_at ?? '' },
      ...{ sessions: row.sessions ?? '', sessions_code: row.sessions_code ?? '' },
      sessions_ended_at: row.sessions_ended_at ?? '',
    })),
  )
})
