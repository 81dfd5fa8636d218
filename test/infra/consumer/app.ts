import { App, Duration, Stack } from 'aws-cdk-lib'
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { BreachReset } from 'breach-reset'

// CDK's validation takes seconds; the stack of the repository is validated in its own test.
const app = new App({ builtinCloudFormationValidation: false })
const stack = new Stack(app, 'Security')
const detector = new Role(stack, 'Detector', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
const first = new BreachReset(stack, 'BreachReset', {
  stytchEnvironment: 'live',
  stytchRequestsPerSecond: 20,
  alarmEmail: 'soc@corp.example',
})
first.grantSend(detector)
first.metricMembersReset({ period: Duration.hours(1) }).createAlarm(stack, 'ManyResets', {
  threshold: 5_000,
  evaluationPeriods: 1,
})
new Topic(stack, 'Breaches').addSubscription(new SqsSubscription(first.queues.breach))

const vpc = new Vpc(stack, 'Vpc')
new BreachReset(stack, 'Second', {
  stageName: 'us',
  stytchEnvironment: 'live',
  stytchRequestsPerSecond: 20,
  tags: { team: 'us' },
  encryptionKey: new Key(stack, 'OwnKey'),
  alarmTopic: new Topic(stack, 'Pages'),
  producers: { roles: [detector], topics: [new Topic(stack, 'Feed')] },
  sources: { 'urn:feed': { senders: [detector.roleId, '111122223333'] } },
  vpc,
  securityGroups: [new SecurityGroup(stack, 'Functions', { vpc })],
  permissionsBoundary: ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
})
app.synth()
