import { Duration } from 'aws-cdk-lib'
import type { MetricName } from '../../lib/observability/observe.ts'
import type { Thresholds } from '../stage.ts'
import type { AlarmDefinition } from './alarm-definition.ts'
import { type Emitter, ownMetric } from './own-metric.ts'

/** What is refused, and more members than usual. */
export function volumeAlarms(
  { membersPer5Minutes: usual }: Thresholds,
  fanOut: Emitter,
  requireReset: Emitter,
): AlarmDefinition[] {
  const refused: AlarmDefinition = {
    id: 'EventsRefused',
    meaning: 'An event was refused by fan-out: nobody in it is reset until a human decides.',
    // Not what is on the dead-letter queue: that has an alarm already, which a second refusal does not make go on again.
    metric: ownMetric(fanOut, 'EventsDeadLettered', { period: Duration.minutes(1) }),
    threshold: 0,
  }
  if (usual === undefined) return [refused]
  const many = (emitter: Emitter, name: MetricName, what: string): AlarmDefinition => ({
    ...{ id: `${name}High`, section: 'ManyMembers', threshold: usual },
    meaning: `More than ${usual} members were ${what} within 5 minutes: a large breach, or events that nobody should have sent.`,
    metric: ownMetric(emitter, name, { period: Duration.minutes(5) }),
  })
  return [refused, many(fanOut, 'MembersReceived', 'received'), many(requireReset, 'MembersReset', 'reset')]
}
