import type { Stage } from './stage.ts'

/** All stages. Edit them for your deployment: `prod` is a dry run until you set it to `enforce`. `local` is what `npm start` runs. */
export const stages = {
  dev: {
    mode: 'enforce',
    stytchEnvironment: 'test',
    stytchRequestsPerSecond: 50,
    maximumConcurrency: 2,
    maxMembersPerEvent: 10_000,
    functionTimeoutSeconds: 60,
    memoryMb: 512,
    stytchTimeoutSeconds: 10,
    retryHorizonHours: 24,
    endSessions: true,
    logRetentionDays: 14,
    retainData: false,
  },
  prod: {
    mode: 'dry_run',
    stytchEnvironment: 'live',
    stytchRequestsPerSecond: 50,
    maximumConcurrency: 2,
    maxMembersPerEvent: 1_000,
    functionTimeoutSeconds: 60,
    memoryMb: 512,
    stytchTimeoutSeconds: 10,
    retryHorizonHours: 24,
    endSessions: true,
    logRetentionDays: 365,
    retainData: true,
    canaryEveryMinutes: 60,
  },
  local: {
    mode: 'enforce',
    stytchEnvironment: 'test',
    stytchRequestsPerSecond: 100,
    maximumConcurrency: 2,
    maxMembersPerEvent: 10_000,
    functionTimeoutSeconds: 5,
    memoryMb: 512,
    stytchTimeoutSeconds: 1,
    retryHorizonHours: 24,
    endSessions: true,
    sessionSearchesPerMinute: 6_000,
    sessionsWindowSeconds: 1,
    outcomes: { eventBus: 'local' },
    logRetentionDays: 14,
    retainData: false,
  },
} as const satisfies Record<string, Stage>

export type StageName = keyof typeof stages
