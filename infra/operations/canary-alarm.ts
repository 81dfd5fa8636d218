import { Duration } from 'aws-cdk-lib'
import type { AlarmDefinition } from './alarm-definition.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

/** What silence tells: without it, a broken way looks like a quiet one. */
export function canaryAlarm(requireReset: Emitter): AlarmDefinition {
  return {
    id: 'NoCanary',
    meaning: 'For 24 hours no canary event has come through: a breach event would not either.',
    metric: ownMetric(requireReset, 'CanaryPassed', { period: Duration.hours(24) }),
    threshold: 1,
    below: true,
    missingIsBad: true,
  }
}
