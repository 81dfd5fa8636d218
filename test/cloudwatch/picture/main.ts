import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Duration } from 'aws-cdk-lib/core'
import { stages } from '../../fixtures/stages.ts'
import { addCrowd, send } from '../../infra/local/system/crowd.ts'
import { busyHour } from '../../infra/operations/busy-hour.ts'
import { readAlarms } from '../read-alarms.ts'
import { readDashboard } from '../read-dashboard.ts'
import { watchSystem } from '../watch-system.ts'
import { drawDashboard } from './draw-dashboard.ts'

const STEP_MS = 3000
const WAVES = 4

/** Runs the local system for about a minute with everything a dashboard shows, and draws the dashboard with it. */
const [file = 'docs/dashboard.svg'] = process.argv.slice(2)
const alarmThresholds = { ...stages.local.alarmThresholds, membersPer5Minutes: 2_000 }
const limits = { maxMembersPerHour: 10_000, alarmThresholds }
const stage = { ...stages.local, ...limits, canaryEvery: Duration.minutes(60) }
const watched = await watchSystem({ stageName: 'local', stage, stytch: { requestsPerSecond: 100 } })
const from = Date.now()
const sampling = setInterval(() => watched.sampleQueues(), 500)
try {
  const { system } = watched
  for (let wave = 0; wave < WAVES; wave++) {
    const { event } = addCrowd(system, `wave-${wave}`, { size: 300 })
    await send(system, { ...event, time: new Date().toISOString() })
    await sleep(6000)
  }
  await busyHour(system, 300)
  const resources = Object.values(system.template.Resources)
  const dashboard = resources.find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')?.Properties
  const widgets = readDashboard((dashboard as { DashboardBody: unknown }).DashboardBody)
  const range = { from, to: Date.now(), stepMs: STEP_MS }
  const data = { store: watched.store, lines: watched.lines, alarms: readAlarms(system.template), range }
  await writeFile(file, drawDashboard(widgets, data))
} finally {
  clearInterval(sampling)
  await watched.system.stop()
}
