import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { Duration } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { type Stage, toStage } from '../../infra/stage.ts'
import { stages as shipped } from '../../infra/stages.ts'
import { everySetting, stages } from '../fixtures/stages.ts'
import { synthesize } from './template-of.ts'

const { producers, tags, vpc, permissionsBoundary, runbookUrl } = everySetting

/** What the people who deploy may well change in a stage. */
const EDITS: Record<string, Partial<Stage>> = {
  'turned on': { mode: 'enforce' },
  'turned off': { mode: 'dry_run' },
  'with alarm mail': { alarmEmail: 'soc@corp.example', runbookUrl: runbookUrl ?? '' },
  'with producers': { producers: producers ?? {} },
  'with sources': { sources: { 'urn:feed': { maxMembersPerEvent: 100, maxMembersPerHour: 5_000 } } },
  'with tags and a boundary': { tags: tags ?? {}, permissionsBoundary: permissionsBoundary ?? '' },
  'in a VPC': vpc ? { vpc } : {},
  'with a canary': { canaryEvery: Duration.minutes(30) },
  'with a higher rate': { stytchRequestsPerSecond: 400, maximumConcurrency: 4, reservedConcurrency: 4 },
  'with other rates for sessions': { sessionSearchesPerMinute: 6_000, sessionRevocationsPerSecond: 200 },
  'without end-sessions': { endSessions: false },
  'with other limits': { maxMembersPerEvent: 500, retryHorizon: Duration.hours(48) },
  'with more time and memory': {
    functionTimeout: Duration.seconds(120),
    memorySize: 1024,
    stytchTimeout: Duration.seconds(10),
  },
  'with all of it': { ...everySetting, mode: 'enforce' },
}

describe('a stages file', () => {
  it.each(Object.entries(shipped))(
    'works as it is: %s',
    (stageName, { account: _, region: __, ...settings }) => {
      const stage = toStage(settings)
      expect(() => deriveSettings(stage)).not.toThrow()
      synthesize(stageName, stage).hasOutput('Mode', { Value: stage.mode })
    },
  )

  it.each(Object.entries(EDITS))('works with each stage %s', (_, edit) => {
    for (const stage of Object.values(stages)) deriveSettings({ ...stage, ...edit })
    const edited = { ...stages.prod, ...edit }
    synthesize('prod', edited).hasOutput('Mode', { Value: edited.mode })
  })
})

/** They are about the shipped stages: this one, and one about the stage that `npm start` runs. */
const ABOUT_SHIPPED_STAGES = ['test/infra/stages.test.ts', 'test/cli/start/scenario.test.ts']

it('no other test depends on infra/stages.ts, which is there to be edited', async () => {
  const root = path.join(import.meta.dirname, '../..')
  const files = await readdir(path.join(root, 'test'), { recursive: true })
  const dependent = files
    .map((file) => path.join('test', file))
    .filter((file) => file.endsWith('.ts') && !ABOUT_SHIPPED_STAGES.includes(file))
    .filter((file) => /from '[^']*infra\/stages\.ts'/.test(readFileSync(path.join(root, file), 'utf8')))
  expect(dependent).toEqual([])
})
