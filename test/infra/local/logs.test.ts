import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { expect, it, onTestFinished } from 'vitest'
import { startLogs } from '../../../infra/local/logs.ts'

const logGroupName = 'FanOutLogs'
const line = (event_id: string, more: object = {}) => JSON.stringify({ event_id, level: 'INFO', ...more })
const PATTERN = '{ ($.event_id = "e 1") || ($.level = "ERROR") }'

async function openLogs() {
  const { endpoint, put, stop } = await startLogs([logGroupName, 'Other'])
  const credentials = { accessKeyId: 'tester', secretAccessKey: 'any' }
  const client = new CloudWatchLogsClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(async () => {
    client.destroy()
    await stop()
  })
  const find = async (more: Partial<FilterLogEventsCommand['input']> = {}) => {
    const command = new FilterLogEventsCommand({
      logGroupName,
      startTime: 0,
      filterPattern: PATTERN,
      ...more,
    })
    return (await client.send(command)).events?.map(({ message }) => message)
  }
  return { put, find }
}

it('finds the lines of a group that have one of the values, since a time', async () => {
  const { put, find } = await openLogs()
  const [own, failure] = [line('e 1', { outcome: 'reset' }), line('e 2', { level: 'ERROR' })]
  for (const one of [own, line('e 2'), 'not JSON "e 1"', failure]) put(logGroupName, one)
  put('Other', own)
  expect(await find()).toEqual([own, failure])
  expect(await find({ startTime: Date.now() + 1000 })).toEqual([])
})

it('keeps the newest lines only', async () => {
  const { put, find } = await openLogs()
  for (let index = 0; index < 9000; index++) put(logGroupName, line('e 1', { index }))
  const found = (await find()) ?? []
  expect(found.at(-1)).toBe(line('e 1', { index: 8999 }))
  expect(found.length).toBeGreaterThanOrEqual(2000)
  expect(found.length).toBeLessThan(4000)
})

it.each([
  ['ResourceNotFoundException', { logGroupName: 'Another' }],
  ['InvalidParameterException', { filterPattern: '[w1, w2]' }],
  ['InvalidParameterException', { limit: 3 }],
])('refuses what it cannot answer: %s', async (name, input) => {
  const { find } = await openLogs()
  await expect(find(input)).rejects.toMatchObject({ name })
})
