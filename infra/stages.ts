import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Duration } from 'aws-cdk-lib/core'
import type { BreachResetProps } from './props.ts'

/** The settings of a stage, which is named where it is listed. */
export type StageSettings = Omit<BreachResetProps, 'stageName'>

/** A stage, deployed by `cdk deploy -c stage=<name>`. */
export interface DeployedStage extends StageSettings {
  /**
   * The 12 digits, in quotes, of the only account that the stage may be deployed to.
   * @default - the account that you are signed in to
   */
  readonly account?: string
  /**
   * The only region that the stage may be deployed to.
   * @default - the region of your AWS profile
   */
  readonly region?: string
}

/** All stages. Edit them for your deployment: `prod` is a dry run until you set it to `enforce`. Every setting with its default: props.ts. */
export const stages: Record<string, DeployedStage> = {
  dev: {
    mode: 'enforce',
    stytchEnvironment: 'test',
    stytchRequestsPerSecond: 50,
    maxMembersPerEvent: 10_000,
    logRetention: RetentionDays.TWO_WEEKS,
    retainData: false,
  },
  prod: {
    mode: 'dry_run',
    stytchEnvironment: 'live',
    stytchRequestsPerSecond: 50,
    maxMembersPerHour: 10_000,
    alarmThresholds: { membersPer5Minutes: 2_000 },
    canaryEvery: Duration.hours(1),
  },
}
