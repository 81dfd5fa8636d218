import { expect, it } from 'vitest'
import { createMetricStore, evaluateQuery } from '../../cloudwatch/metrics.ts'
import { readDashboard } from '../../cloudwatch/read-dashboard.ts'
import { everySetting } from '../../fixtures/stages.ts'
import { findResource, templateOf } from '../template-of.ts'

const widgetsOf = (...stage: Parameters<typeof templateOf>) =>
  readDashboard(
    findResource(templateOf(...stage), 'AWS::CloudWatch::Dashboard', 'Dashboard')[1].Properties.DashboardBody,
  )
const widgets = widgetsOf('prod', everySetting)
const titled = (beginning: string, among = widgets) => {
  const found = among.find(({ title }) => title.startsWith(beginning))
  if (!found) throw new Error(`the dashboard has no ${beginning}`)
  return found
}

const AT = 60_000

/** What the graph of what nobody reads shows of the reset queue. */
function unread(waiting: number, inWork: number): number | undefined {
  const store = createMetricStore()
  const put = (name: string, value: number) =>
    store.put({
      ...{ namespace: 'AWS/SQS', name, dimensions: { QueueName: 'ResetQueue' } },
      ...{ unit: 'Count', at: AT - 1, values: [value] },
    })
  put('ApproximateNumberOfMessagesVisible', waiting)
  put('ApproximateNumberOfMessagesNotVisible', inWork)
  const line = titled('Waiting, and nobody reads').series.find(({ label }) => label === 'reset queue')
  return line && evaluateQuery(line.query, line.others, store, AT)
}

it('shows what waits on a queue that nobody reads, as when its function is paused', () => {
  expect(unread(5, 0)).toBe(5)
  expect(unread(5, 1)).toBe(0)
  expect(unread(0, 0)).toBe(0)
})

it('shows members against the limit of the hour and against the alarm, if the stage has them', () => {
  const lines = (beginning: string, among = widgets) =>
    titled(beginning, among).annotations.horizontal.map(({ value }) => value)
  expect([lines('Members in 5 minutes'), lines('Members in an hour')]).toEqual([[2_000], [10_000]])
  const plain = widgetsOf('prod')
  expect([lines('Members in 5 minutes', plain), lines('Members in an hour', plain)]).toEqual([[], []])
})
