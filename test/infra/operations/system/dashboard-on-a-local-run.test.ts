import { Duration } from 'aws-cdk-lib/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateQuery } from '../../../cloudwatch/metrics.ts'
import { readAlarms } from '../../../cloudwatch/read-alarms.ts'
import { readDashboard, type Widget } from '../../../cloudwatch/read-dashboard.ts'
import { readEmf } from '../../../cloudwatch/read-emf.ts'
import { runLogsQuery } from '../../../cloudwatch/run-logs-query.ts'
import { type WatchedSystem, watchSystem } from '../../../cloudwatch/watch-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { busyHour } from '../busy-hour.ts'

const SIZE = 100
let watched: WatchedSystem
let widgets: Widget[]
let eventIds: string[]
const resourcesOf = (type: string) =>
  Object.values(watched.system.template.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties as Record<string, string>)

beforeAll(async () => {
  const stage = { ...stages.local, stytchRequestsPerSecond: 2000, canaryEvery: Duration.minutes(60) }
  watched = await watchSystem({ stageName: 'local', stage })
  eventIds = await busyHour(watched.system, SIZE)
  watched.sampleQueues()
  widgets = readDashboard(resourcesOf('AWS::CloudWatch::Dashboard')[0]?.DashboardBody)
})
afterAll(() => watched?.system.stop())

describe.runIf(process.env.NIGHTLY)('the dashboard on a local run', () => {
  it('draws every line of every widget from what the run emitted', () => {
    const empty = widgets.flatMap(({ title, series }) =>
      series
        .map(({ label, query, others }) => {
          const long = (one: typeof query) => ({ ...one, periodMs: 3_600_000 })
          return {
            label,
            value: evaluateQuery(long(query), others.map(long), watched.store, Date.now() + 1),
          }
        })
        .filter(({ value }) => value === undefined)
        .map(({ label }) => `${title}: ${label}`),
    )
    expect(empty).toEqual([])
    expect(widgets.filter(({ type }) => type === 'metric').length).toBeGreaterThan(10)
  })

  it('and the alarms read each metric in the unit and under the dimensions in which the functions emit it', () => {
    const keyOf = (dimensions: object) => JSON.stringify(Object.entries(dimensions).toSorted())
    const emitted = watched.lines.flatMap(readEmf)
    const emitters = new Set(emitted.map(({ dimensions }) => keyOf(dimensions)))
    for (const { name, unit } of emitted)
      expect(unit, name).toBe(name.endsWith('Ms') ? 'Milliseconds' : 'Count')
    const read = [...readAlarms(watched.system.template).values()]
      .flatMap(({ queries }) => queries.flatMap((query) => ('metric' in query ? [query.metric] : [])))
      .filter(({ namespace }) => namespace === 'BreachReset')
    expect(read.length).toBeGreaterThan(8)
    expect(read.filter(({ dimensions }) => !emitters.has(keyOf(dimensions)))).toEqual([])
  })

  it('shows the state of every alarm', () => {
    const shown = widgets.flatMap(({ alarms }) => alarms)
    expect(shown).toHaveLength(resourcesOf('AWS::CloudWatch::Alarm').length)
  })

  it('counts every member by outcome and code', () => {
    const [table] = widgets.filter(({ type }) => type === 'log')
    const rows = runLogsQuery(table?.query ?? '', watched.lines)
    const linesOf = (outcome: string, code: string) =>
      rows.find((row) => row.outcome === outcome && row.code === code)?.lines
    expect(linesOf('reset', '')).toBe(SIZE - 2)
    expect(linesOf('ended', '')).toBe(SIZE - 3)
    expect(linesOf('dead_lettered', 'sessions_refused')).toBe(1)
    expect(linesOf('dead_lettered', 'invalid_email')).toBe(2)
    expect(linesOf('dead_lettered', 'invalid_member')).toBe(1)
    expect(linesOf('skipped', 'duplicate')).toBe(1)
    expect(linesOf('skipped', 'not_a_member')).toBe(2)
    expect(rows).toContainEqual({
      message: 'event dead-lettered',
      outcome: '',
      code: 'unsupported_type',
      lines: 1,
    })
  })

  it("answers a producer's question: each member of the event has one outcome, and each who was reset one of their sessions", () => {
    const { QueryString = '' } =
      resourcesOf('AWS::Logs::QueryDefinition').find(({ Name }) =>
        Name?.endsWith('what-happened-to-my-event'),
      ) ?? {}
    const asked = QueryString.replace('PUT-THE-ID-OF-THE-EVENT-HERE', eventIds[0] ?? '')
    expect(asked).not.toBe(QueryString)
    const rows = runLogsQuery(asked, watched.lines).filter(({ message }) => message === 'member outcome')
    const endsIn = (services: string[]) => {
      const ends = rows.filter(
        ({ service, outcome }) => services.includes(String(service)) && outcome !== 'deferred',
      )
      return ends.reduce((sum, { lines }) => sum + Number(lines), 0)
    }
    expect(endsIn(['fan-out', 'require-reset'])).toBe(SIZE + 3)
    expect(endsIn(['end-sessions'])).toBe(SIZE - 2)
    expect(rows.every(({ first = '', last = '' }) => first > '2026' && last >= first)).toBe(true)
  })

  it('lists dead letters by code', () => {
    const { QueryString = '' } =
      resourcesOf('AWS::Logs::QueryDefinition').find(({ Name }) => Name?.endsWith('dead-letters-by-code')) ??
      {}
    const codes = runLogsQuery(QueryString, watched.lines).map(({ code }) => code)
    expect(codes.toSorted()).toEqual([
      'invalid_email',
      'invalid_member',
      'sessions_refused',
      'unsupported_type',
    ])
  })
})
