import { Aws, Duration, Token } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { deriveSettings } from '../../infra/derive-settings.ts'
import { toStage } from '../../infra/stage.ts'
import { stages } from '../fixtures/stages.ts'

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:breaches'

/** The settings are wrong on purpose, also in their types. */
type Problem = [problem: string, settings: Record<string, unknown>]

const LIMITS_PROBLEMS: Problem[] = [
  ['stytchRequestsPerSecond 1 leaves', { stytchRequestsPerSecond: 1 }],
  ['maximumConcurrency must be a whole number from 2 to 1000', { maximumConcurrency: 1 }],
  [
    'stytchRequestsPerSecond 199 is not a multiple of maximumConcurrency 100, and 99 of it would never be used: make it 100 or, if Stytch agrees, 200',
    { stytchRequestsPerSecond: 199, maximumConcurrency: 100 },
  ],
  [
    'retryHorizon must be a Duration of whole hours, from 2 hours to 14 days',
    { retryHorizon: Duration.hours(1) },
  ],
  [
    'functionTimeout must be a Duration of whole seconds, from 1 second to 15 minutes',
    { functionTimeout: Duration.seconds(901) },
  ],
  [
    'stytchTimeout must be a Duration of whole seconds, from 1 second to 15 minutes, such as Duration.seconds(1)',
    { stytchTimeout: 10 },
  ],
  ['memorySize must be a whole number from 256 to 10240', { memorySize: 128 }],
  ['maxMembersPerEvent must be a whole number from 1 to 10000', { maxMembersPerEvent: 20_000 }],
  ['functionTimeout must be a Duration of whole seconds', { functionTimeout: Duration.millis(60_500) }],
  ['mode must be enforce or dry_run', { mode: 'enforced' }],
  ['stytchEnvironment must be live or test', { stytchEnvironment: 'production' }],
  ['stytchEnvironment must be live or test', { stytchEnvironment: undefined }],
  ['stytchRequestsPerSecond must be set to a whole number', { stytchRequestsPerSecond: undefined }],
  [
    'functionTimeout of 10 seconds leaves no time for a call to Stytch after stytchTimeout and a fifth for settling: raise it to 13 seconds or more',
    { functionTimeout: Duration.seconds(10) },
  ],
  [
    'functionTimeout of 12 seconds leaves no time for 10 calls to Stytch after stytchTimeout and a fifth for settling: raise it to 14 seconds or more',
    { functionTimeout: Duration.seconds(12), stytchTimeout: Duration.seconds(10), recordsPerBatch: 10 },
  ],
  [
    'functionTimeout of 900 seconds leaves no time for a call to Stytch after stytchTimeout and a fifth for settling: lower stytchTimeout',
    { functionTimeout: Duration.seconds(900), stytchTimeout: Duration.seconds(900) },
  ],
  ['maximumConcurrency 5 is above reservedConcurrency 4', { maximumConcurrency: 5, reservedConcurrency: 4 }],
  ['visibilityTimeout of 359 seconds is under 6 times', { visibilityTimeout: Duration.seconds(359) }],
  [
    'recordsPerBatch 10 × membersPerMessage 96 is more than the 912 members',
    { recordsPerBatch: 10, membersPerMessage: 96 },
  ],
  ['endSessions must be true or false', { endSessions: 'yes' }],
  ['sessionSearchesPerMinute must be a whole number from 2 to 100000', { sessionSearchesPerMinute: 1 }],
  [
    'sessionsWindow must be a Duration of whole seconds, from 1 second to 5 minutes',
    { sessionsWindow: Duration.seconds(0) },
  ],
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
    'functionTimeout of 60 seconds leaves end-sessions no time for two searches, each 60.0 seconds after the one before, and one log-out: raise it to 163 seconds or more, or raise sessionSearchesPerMinute',
    { sessionSearchesPerMinute: 2 },
  ],
  ['memoryMB is not a setting: BreachResetProps lists them all', { memoryMB: 512 }],
  ['memoryMb, kmsKeyArn are not settings', { memoryMb: 512, kmsKeyArn: 'arn' }],
  [
    'maxMembersPerHour 9999 is below the 10000 members that an event may have, and such an event would never pass: raise it, or set maxMembersPerEvent to 9999 or less',
    { maxMembersPerHour: 9_999 },
  ],
]

const THRESHOLDS_PROBLEMS: Problem[] = [
  [
    'alarmThresholds.stuckAfter must be a Duration of whole minutes, from 5 minutes to 9 days',
    { alarmThresholds: { stuckAfter: Duration.minutes(1) } },
  ],
  [
    'alarmThresholds.minSuccessPercent must be a whole number from 0 to 100',
    { alarmThresholds: { minSuccessPercent: 0.95 } },
  ],
  ['alarmThresholds.members is not a setting', { alarmThresholds: { members: 2_000 } }],
  [
    'alarmThresholds.waitingAfter of 2 hours is not below retryHorizon of 2 hours, after which nobody waits: lower it',
    { alarmThresholds: { waitingAfter: Duration.hours(2) }, retryHorizon: Duration.hours(2) },
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
  ['producers.topics must name each once', { producers: { topics: [TOPIC, TOPIC] } }],
  [
    'producers.topics.0 must be a standard SNS topic or its ARN',
    { producers: { topics: [`${TOPIC}.fifo`] } },
  ],
  [
    'producers.roles.0 must be an IAM role or its ARN, as arn:aws:iam::<12 digits>:role/<name> without wildcards',
    { producers: { roles: ['arn:aws:iam::111122223333:role/detector-*'] } },
  ],
  [
    'producers.eventBus.sources must name at least one',
    { producers: { eventBus: { bus: 'default', sources: [] } } },
  ],
  [
    'producers.eventBus.bus must be an event bus of this account or its name, not its ARN',
    {
      producers: {
        eventBus: { bus: 'arn:aws:events:eu-west-1:111122223333:event-bus/feeds', sources: ['feed'] },
      },
    },
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
  [
    'permissionsBoundary must be a managed policy or its ARN, as arn:aws:iam::<12 digits>:policy/<name> without wildcards',
    { permissionsBoundary: 'arn:aws:iam::111122223333:policy/*' },
  ],
  ['outcomes must be an object of settings', { outcomes: 'security' }],
  ['outcomes.eventBus must be an event bus, its name or its ARN', { outcomes: {} }],
  ['outcomes.eventBus must be an event bus, its name or its ARN', { outcomes: { eventBus: 'a bus' } }],
  [
    'outcomes.eventBus must be an event bus, its name or its ARN',
    { outcomes: { eventBus: 'arn:aws:sns:eu-west-1:111122223333:pages' } },
  ],
  ['outcomes.bus is not a setting', { outcomes: { eventBus: 'security', bus: 'security' } }],
  [
    'logRetention must be a RetentionDays of CloudWatch Logs, such as RetentionDays.ONE_YEAR',
    { logRetention: 100 },
  ],
  ['retainData must be true or false', { retainData: 'no' }],
  ['encryptionKey must be a KMS key or its ARN', { encryptionKey: 5 }],
  ['tags must be an object of texts', { tags: ['security'] }],
  ['tags.team must be letters, digits, spaces', { tags: { team: 5 } }],
  ['tags.team must be letters, digits, spaces', { tags: { team: '#1' } }],
  ['vpc.securityGroupIds must be a list', { vpc: { subnetIds: ['subnet-0a1'] } }],
  ['vpc must be a VPC of the app or its ids, as { subnetIds, securityGroupIds }', { vpc: 'vpc-0a1' }],
  ['vpcSubnets must be a SubnetSelection', { vpcSubnets: 'private' }],
  ['vpcSubnets and securityGroups choose from an IVpc', { vpcSubnets: { subnetGroupName: 'functions' } }],
  [
    'vpc.subnetIds must name each once',
    { vpc: { subnetIds: ['subnet-0a1', 'subnet-0a1'], securityGroupIds: ['sg-0a1'] } },
  ],
  ['alarmEmail must be an e-mail address', { alarmEmail: 'nobody' }],
  [
    'alarmEmail is for the topic that is made here',
    { alarmEmail: 'soc@corp.example', alarmTopic: 'arn:aws:sns:eu-west-1:111122223333:pages' },
  ],
  ['encryptionKey must be a KMS key or its ARN, not an alias', { encryptionKey: 'alias/aws/sqs' }],
  ['tags.aws:team is not a tag key: letters, digits, spaces', { tags: { 'aws:team': 'security' } }],
  [
    'canaryEvery must be a Duration of whole minutes, from 5 minutes to 12 hours',
    { canaryEvery: Duration.minutes(1440) },
  ],
]

describe("a stage that can't work is refused with what to change", () => {
  it.each(LIMITS_PROBLEMS)('rates, times and limits: %s', expectProblem)
  it.each(THRESHOLDS_PROBLEMS)('thresholds of alarms: %s', expectProblem)
  it.each(PRODUCERS_PROBLEMS)('producers: %s', expectProblem)
  it.each(SOURCES_PROBLEMS)('sources: %s', expectProblem)
  it.each(ACCOUNT_PROBLEMS)('operations and the account: %s', expectProblem)
})

it('a value that is only known at deployment is refused where synth needs it, and accepted where it does not', () => {
  const later = Token.asNumber({ Ref: 'Parameter' })
  for (const settings of [
    { stytchRequestsPerSecond: later },
    { retryHorizon: Duration.hours(later) },
    { mode: Aws.REGION },
  ])
    expectProblem(`${Object.keys(settings)} is only known at deployment, and is needed at synth`, settings)
  const subnetIds = Token.asList({ Ref: 'Subnets' })
  const settings = { alarmEmail: Aws.REGION, vpc: { subnetIds, securityGroupIds: ['sg-0a1'] } }
  expect(toStage({ ...stages.dev, ...settings })).toMatchObject(settings)
})

it('a number that is far too large is named once', () => {
  expect(() => toStage({ ...stages.dev, stytchRequestsPerSecond: 1e20 })).toThrow(/^[^;]+$/)
})

function expectProblem(problem: string, settings: Problem[1]): void {
  expect(() => deriveSettings(toStage({ ...stages.dev, ...settings }))).toThrow(
    `these settings can't work: ${problem}`,
  )
}
