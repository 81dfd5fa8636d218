import type { Stage } from './stage.ts'

const dev: Stage = {
  mode: 'enforce',
  stytchRequestsPerSecond: 50,
  maximumConcurrency: 2,
  maxMembersPerEvent: 10_000,
  functionTimeoutSeconds: 60,
  memoryMb: 512,
  stytchTimeoutSeconds: 10,
  retryHorizonHours: 24,
  logRetentionDays: 14,
  retainData: false,
}

/** Every stage side by side. `prod` ships as a dry run until its owner turns it on; `local` is what `npm start` boots. */
export const stages = {
  dev,
  prod: { ...dev, mode: 'dry_run', maxMembersPerEvent: 1_000, logRetentionDays: 365, retainData: true },
  local: { ...dev, stytchRequestsPerSecond: 100, functionTimeoutSeconds: 5, stytchTimeoutSeconds: 1 },
} as const satisfies Record<string, Stage>

export type StageName = keyof typeof stages
