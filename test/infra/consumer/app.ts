import { App, Stack } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { BreachReset, type BreachResetProps } from 'breach-reset'

const stage: BreachResetProps['stage'] = {
  mode: 'dry_run',
  stytchRequestsPerSecond: 20,
  maximumConcurrency: 2,
  maxMembersPerEvent: 500,
  functionTimeoutSeconds: 60,
  memoryMb: 512,
  stytchTimeoutSeconds: 10,
  retryHorizonHours: 24,
  logRetentionDays: 90,
  retainData: true,
  alarmEmail: 'soc@corp.example',
}

const app = new App()
const stack = new Stack(app, 'Security')
const first = new BreachReset(stack, 'BreachReset', { stageName: 'eu', stage })
new BreachReset(stack, 'Second', { stageName: 'us', stage: { ...stage, tags: { team: 'us' } } })

const detector = new Role(stack, 'Detector', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
first.queues.breach.grantSendMessages(detector)
app.synth()
