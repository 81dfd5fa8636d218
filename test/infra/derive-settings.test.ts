import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import type { Stage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:breaches'

function problemOf(stage: Stage): string {
  try {
    deriveSettings(stage)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

describe('deriveSettings', () => {
  it('shares the rate out among the execution environments', () => {
    const settings = deriveSettings({ ...stages.dev, stytchRequestsPerSecond: 60, maximumConcurrency: 3 })
    expect(settings.requestsPerSecond).toBe(20)
  })

  it.each([
    ['dev', stages.dev],
    ['prod', stages.prod],
    ['the fastest stage', { ...stages.prod, stytchRequestsPerSecond: 10_000 }],
  ])('leaves %s as it is when its derived settings are given', (_, stage) => {
    const { recordsPerBatch, membersPerMessage, visibilityTimeoutSeconds } = deriveSettings(stage)
    const given = { ...stage, recordsPerBatch, membersPerMessage, visibilityTimeoutSeconds }
    expect(deriveSettings(given)).toEqual(deriveSettings(stage))
  })

  it.each(Object.entries(stages))('gives %s a batch that there is time to call', (_, stage) => {
    const settings = deriveSettings(stage)
    const seconds =
      stage.functionTimeoutSeconds - stage.stytchTimeoutSeconds - settings.settleReserveMs / 1000
    const members = settings.recordsPerBatch * settings.membersPerMessage
    expect(members / (0.96 * settings.requestsPerSecond)).toBeLessThanOrEqual(seconds)
  })

  it.each([
    [50, 15, 25],
    [400, 50, 70],
    [2000, 250, 350],
  ])(
    'bounds at %i calls a second what an environment has in flight and what a crash can repeat',
    (rate, inFlight, unrecorded) => {
      const settings = deriveSettings({ ...stages.prod, stytchRequestsPerSecond: rate })
      expect(settings).toMatchObject({ callsInFlight: inFlight, maxUnrecorded: unrecorded })
    },
  )

  it.each([1, 2, 7, 10, 30, 60])(
    'advises a function timeout that it then accepts, for calls of %i seconds',
    (stytchTimeoutSeconds) => {
      const stage = {
        ...{ ...stages.dev, stytchRequestsPerSecond: 9, maximumConcurrency: 3, recordsPerBatch: 1 },
        ...{ stytchTimeoutSeconds, functionTimeoutSeconds: 1, endSessions: false },
      }
      const advised = problemOf(stage).match(/raise it to (\d+)/)?.[1]
      expect(() => deriveSettings({ ...stage, functionTimeoutSeconds: Number(advised) })).not.toThrow()
    },
  )

  it('says what is wrong when there is no stage', () => {
    expect(problemOf(undefined as never)).toBe(
      "this stage can't work: the stage must be an object of settings",
    )
  })

  it('keeps whole milliseconds for settling, whatever the function timeout', () => {
    const reserves = Array.from({ length: 840 }, (_, index) =>
      deriveSettings({ ...stages.dev, functionTimeoutSeconds: 60 + index }),
    ).map(({ settleReserveMs }) => settleReserveMs)
    expect(reserves.filter((ms) => !Number.isInteger(ms))).toEqual([])
    expect(reserves[0]).toBe(12_000)
  })
})

/** The settings are wrong on purpose, also in their types. */
type Problem = [problem: string, settings: Record<string, unknown>]

const LIMITS_PROBLEMS: Problem[] = [
  ['stytchRequestsPerSecond 1 leaves', { stytchRequestsPerSecond: 1 }],
  ['maximumConcurrency must be a whole number from 2 to 1000', { maximumConcurrency: 1 }],
  [
    'stytchRequestsPerSecond 199 is not a multiple of maximumConcurrency 100, and 99 of it would never be used: make it 100 or, if Stytch agrees, 200',
    { stytchRequestsPerSecond: 199, maximumConcurrency: 100 },
  ],
  ['retryHorizonHours must be a whole number from 2 to 336', { retryHorizonHours: 1 }],
  ['functionTimeoutSeconds must be a whole number from 1 to 900', { functionTimeoutSeconds: 901 }],
  ['stytchTimeoutSeconds must be a whole number from 1 to 900', { stytchTimeoutSeconds: Number.NaN }],
  ['memoryMb must be a whole number from 128 to 10240', { memoryMb: 64 }],
  ['maxMembersPerEvent must be a whole number from 1 to 10000', { maxMembersPerEvent: 20_000 }],
  ['functionTimeoutSeconds must be a whole number', { functionTimeoutSeconds: 60.5 }],
  ['mode must be enforce or dry_run', { mode: 'enforced' }],
  ['stytchEnvironment must be live or test', { stytchEnvironment: 'production' }],
  ['stytchEnvironment must be live or test', { stytchEnvironment: undefined }],
  [
    'functionTimeoutSeconds 10 leaves no time for a call to Stytch after stytchTimeoutSeconds and a fifth for settling: raise it to 13 or more',
    { functionTimeoutSeconds: 10 },
  ],
  [
    'functionTimeoutSeconds 12 leaves no time for 10 calls to Stytch after stytchTimeoutSeconds and a fifth for settling: raise it to 14 or more',
    { functionTimeoutSeconds: 12, stytchTimeoutSeconds: 10, recordsPerBatch: 10 },
  ],
  [
    'functionTimeoutSeconds 900 leaves no time for a call to Stytch after stytchTimeoutSeconds and a fifth for settling: lower stytchTimeoutSeconds',
    { functionTimeoutSeconds: 900, stytchTimeoutSeconds: 900 },
  ],
  ['maximumConcurrency 5 is above reservedConcurrency 4', { maximumConcurrency: 5, reservedConcurrency: 4 }],
  ['visibilityTimeoutSeconds 359 is under 6 times', { visibilityTimeoutSeconds: 359 }],
  [
    'recordsPerBatch 10 × membersPerMessage 96 is more than the 912 members',
    { recordsPerBatch: 10, membersPerMessage: 96 },
  ],
  ['endSessions must be true or false', { endSessions: undefined }],
  ['sessionSearchesPerMinute must be a whole number from 2 to 100000', { sessionSearchesPerMinute: 1 }],
  ['sessionsWindowSeconds must be a whole number from 1 to 300', { sessionsWindowSeconds: 0 }],
  [
    "sessionRevocationsPerSecond 1 can't be shared by 2 environments of end-sessions, the fewest that there can be, without losing 1 of it: make it 2",
    { sessionRevocationsPerSecond: 1 },
  ],
  [
    "sessionReadBacksPerSecond 3 can't be shared by 2 environments of end-sessions, the fewest that there can be, without losing 1 of it: make it 2 or, if Stytch agrees, 4",
    { sessionReadBacksPerSecond: 3 },
  ],
  [
    "sessionSearchesPerMinute 3 can't be shared by 2 environments of end-sessions, the fewest that there can be, without losing 1 of it: make it 2 or, if Stytch agrees, 4",
    { sessionSearchesPerMinute: 3 },
  ],
  [
    'functionTimeoutSeconds 60 leaves end-sessions no time for two searches, each 60.0 seconds after the one before, and one log-out: raise it to 163 or more, or raise sessionSearchesPerMinute',
    { sessionSearchesPerMinute: 2 },
  ],
  ['memoryMB is not a setting: infra/stage.ts lists them all', { memoryMB: 512 }],
  [
    'maxMembersPerHour 9999 is below the 10000 members that an event may have, and such an event would never pass: raise it, or set maxMembersPerEvent to 9999 or less',
    { maxMembersPerHour: 9_999 },
  ],
]

const PRODUCERS_PROBLEMS: Problem[] = [
  ['producers.account is not a setting', { producers: { account: ['111122223333'] } }],
  ['producers must name at least one producer, or be left out', { producers: {} }],
  ['producers.accounts must name at least one', { producers: { accounts: [] } }],
  [
    'producers.accounts.0 must be the 12 digits of an AWS account',
    { producers: { accounts: [111122223333] } },
  ],
  [
    'producers.accounts.0 must be the 12 digits of an AWS account',
    { producers: { accounts: ['prod-detectors'] } },
  ],
  [
    'producers.organizationId must be the id of an AWS Organization',
    { producers: { organizationId: 'ou-1234' } },
  ],
  [
    'producers must name at most 40 accounts, roles and topics',
    { producers: { accounts: Array.from({ length: 41 }, (_, index) => `${111122223333 + index}`) } },
  ],
  ['producers.topicArns must name each once', { producers: { topicArns: [TOPIC, TOPIC] } }],
  [
    'producers.eventBus.name must be the name of an event bus',
    { producers: { eventBus: { name: 'a b', sources: ['a'] } } },
  ],
]

const SOURCES_PROBLEMS: Problem[] = [
  ['sources must name at least one, or be left out', { sources: {} }],
  [
    "sources.urn: a must be an event source as docs/contract.md defines it, or '*'",
    { sources: { 'urn: a': {} } },
  ],
  ['sources must be an object of sources', { sources: ['urn:a'] }],
  ['sources.urn:a must be an object of settings', { sources: { 'urn:a': 5 } }],
  ['sources.urn:a.maxPerHour is not a setting', { sources: { 'urn:a': { maxPerHour: 5 } } }],
  ['sources.*.highestMode must be enforce or dry_run', { sources: { '*': { highestMode: 'off' } } }],
  [
    'sources.*.maxMembersPerHour must be a whole number from 1 to 1000000',
    { sources: { '*': { maxMembersPerHour: 0 } } },
  ],
  [
    'sources.urn:a.maxMembersPerEvent 600 is above maxMembersPerEvent 500, which holds for every source',
    { maxMembersPerEvent: 500, sources: { 'urn:a': { maxMembersPerEvent: 600 } } },
  ],
  [
    'sources.*.maxMembersPerHour 400 is below the 500 members that one of its events may have, and such an event would never pass: raise it, or set sources.*.maxMembersPerEvent to 400 or less',
    { maxMembersPerEvent: 500, sources: { '*': { maxMembersPerHour: 400 } } },
  ],
  [
    'sources.*.senders.0 must be the unique id of a role or user, AROA... or AIDA..., or the 12 digits of an AWS account',
    { sources: { '*': { senders: ['arn:aws:iam::111122223333:role/detector'] } } },
  ],
  ['sources.*.senders must name at least one', { sources: { '*': { senders: [] } } }],
  [
    'sources.*.maxMembersPerHour 20001 is above maxMembersPerHour 20000, which holds for all sources together: lower it, or leave it out',
    { maxMembersPerHour: 20_000, sources: { '*': { maxMembersPerHour: 20_001 } } },
  ],
  [
    "sources takes 2691 bytes, and the environment of a function has room for 2500: name fewer, and let '*' stand for the others",
    { sources: Object.fromEntries(Array.from({ length: 140 }, (_, n) => [`urn:source:${n}`, {}])) },
  ],
]

const ACCOUNT_PROBLEMS: Problem[] = [
  ['outcomes must be an object of settings', { outcomes: 'security' }],
  ['outcomes.eventBus must be the name or the ARN of an event bus', { outcomes: {} }],
  ['outcomes.eventBus must be the name or the ARN of an event bus', { outcomes: { eventBus: 'a bus' } }],
  [
    'outcomes.eventBus must be the name or the ARN of an event bus',
    { outcomes: { eventBus: 'arn:aws:sns:eu-west-1:111122223333:pages' } },
  ],
  ['outcomes.bus is not a setting', { outcomes: { eventBus: 'security', bus: 'security' } }],
  ['logRetentionDays must be a number of days that CloudWatch Logs offers', { logRetentionDays: 100 }],
  ['retainData must be true or false', { retainData: 'no' }],
  ['kmsKeyArn must be the ARN of a KMS key', { kmsKeyArn: 5 }],
  ['tags must be an object of texts', { tags: ['security'] }],
  ['tags.team must be letters, digits, spaces', { tags: { team: 5 } }],
  ['tags.team must be letters, digits, spaces', { tags: { team: '#1' } }],
  ['vpc.securityGroupIds must be a list', { vpc: { subnetIds: ['subnet-0a1'] } }],
  ['vpc must be an object of settings', { vpc: 'vpc-0a1' }],
  [
    'vpc.subnetIds must name each once',
    { vpc: { subnetIds: ['subnet-0a1', 'subnet-0a1'], securityGroupIds: ['sg-0a1'] } },
  ],
  ['alarmEmail must be an e-mail address', { alarmEmail: 'nobody' }],
  [
    'alarmEmail is for the topic that is made here',
    { alarmEmail: 'soc@corp.example', alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:pages' },
  ],
  ['kmsKeyArn must be the ARN of a KMS key, not of an alias', { kmsKeyArn: 'alias/aws/sqs' }],
  ['tags.aws:team is not a tag key: letters, digits, spaces', { tags: { 'aws:team': 'security' } }],
  ['canaryEveryMinutes must be a whole number from 5 to 720', { canaryEveryMinutes: 1440 }],
]

describe("a stage that can't work is refused with what to change", () => {
  it.each(LIMITS_PROBLEMS)('rates, times and limits: %s', expectProblem)
  it.each(PRODUCERS_PROBLEMS)('producers: %s', expectProblem)
  it.each(SOURCES_PROBLEMS)('sources: %s', expectProblem)
  it.each(ACCOUNT_PROBLEMS)('operations and the account: %s', expectProblem)
})

function expectProblem(problem: string, settings: Problem[1]): void {
  expect(() => deriveSettings({ ...stages.dev, ...settings } as Stage)).toThrow(
    `this stage can't work: ${problem}`,
  )
}
