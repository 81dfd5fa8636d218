import type { Stage } from '../../infra/stage.ts'
import { stages } from '../../infra/stages.ts'

/** A stage with every optional knob in use, but for the two that bring something of one's own instead. */
export const everyKnob: Stage = {
  ...stages.prod,
  reservedConcurrency: 5,
  producers: {
    accounts: ['111122223333'],
    roleArns: ['arn:aws:iam::444455556666:role/detector'],
    organizationId: 'o-abcdef1234',
    eventBus: { name: 'security', sources: ['stealer-log-feed'] },
    topicArns: ['arn:aws:sns:eu-central-1:111122223333:breaches'],
  },
  sources: {
    'urn:example:stealer-log-feed': { maxMembersPerHour: 5_000 },
    'urn:example:trial': { maxMembersPerEvent: 100, highestMode: 'dry_run' },
    '*': { maxMembersPerEvent: 50, maxMembersPerHour: 500, highestMode: 'enforce' },
  },
  alarmEmail: 'soc@corp.example',
  runbookUrl: 'https://wiki.corp.example/breach-reset/runbook',
  tags: { team: 'security' },
  vpc: {
    subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    securityGroupIds: ['sg-0123456789abcdef0'],
  },
  permissionsBoundaryArn: 'arn:aws:iam::111122223333:policy/boundary',
}
