import { App, Stack } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { BreachReset, type BreachResetProps } from 'breach-reset'

const stage: BreachResetProps['stage'] = {
  mode: 'dry_run',
  stytchEnvironment: 'live',
  stytchRequestsPerSecond: 20,
  maximumConcurrency: 2,
  maxMembersPerEvent: 500,
  functionTimeoutSeconds: 60,
  memoryMb: 512,
  stytchTimeoutSeconds: 10,
  retryHorizonHours: 24,
  endSessions: true,
  logRetentionDays: 90,
  retainData: true,
  alarmEmail: 'soc@corp.example',
}

// CDK's validation takes seconds; the stack of the repository is validated in its own test.
const app = new App({ builtinCloudFormationValidation: false })
const stack = new Stack(app, 'Security')
const detector = new Role(stack, 'Detector', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
const first = new BreachReset(stack, 'BreachReset', { stageName: 'eu', stage })
first.queues.breach.grantSendMessages(detector)
new Topic(stack, 'Breaches').addSubscription(new SqsSubscription(first.queues.breach))

const { alarmEmail: _, ...rest } = stage
new BreachReset(stack, 'Second', {
  stageName: 'us',
  stage: {
    ...rest,
    tags: { team: 'us' },
    kmsKeyArn: new Key(stack, 'OwnKey').keyArn,
    alarmTopicArn: new Topic(stack, 'Pages').topicArn,
    producers: { roleArns: [detector.roleArn] },
    sources: { 'urn:feed': { senders: [detector.roleId, '111122223333'] } },
  },
})
app.synth()
