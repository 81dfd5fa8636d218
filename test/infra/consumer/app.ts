import { App, Duration, Stack } from 'aws-cdk-lib'
import { TextWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { BreachReset } from 'breach-reset'

// CDK's validation takes seconds; the stack of the repository is validated in its own test.
const app = new App({ builtinCloudFormationValidation: false })
const stack = new Stack(app, 'Security')
const role = new Role(stack, 'Detector', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
const breachReset = new BreachReset(stack, 'BreachReset', {
  stytchEnvironment: 'live',
  stytchRequestsPerSecond: 20,
  alarmEmail: 'soc@corp.example',
})
breachReset.grantSend(role)
breachReset.metricMembersReset({ period: Duration.hours(1) }).createAlarm(stack, 'ManyResets', {
  threshold: 5_000,
  evaluationPeriods: 1,
})
const topic = new Topic(stack, 'Breaches')
topic.addSubscription(new SqsSubscription(breachReset.queues.breach))
breachReset.addOutputs()
const pages = new Topic(stack, 'Pages')
breachReset.alarms.DeadLetterQueueNotEmpty?.addAlarmAction(new SnsAction(pages))
breachReset.functions.fanOut.addEnvironment('TEAM', 'security')
breachReset.dashboard.addWidgets(new TextWidget({ markdown: 'Who to call: #security' }))

const vpc = new Vpc(stack, 'Vpc')
new BreachReset(stack, 'Second', {
  stageName: 'us',
  stytchEnvironment: 'live',
  stytchRequestsPerSecond: 20,
  tags: { team: 'us' },
  encryptionKey: new Key(stack, 'OwnKey'),
  alarmTopic: pages,
  producers: { roles: [role], topics: [new Topic(stack, 'Feed')] },
  sources: { 'urn:feed': { senders: [role.roleId, '111122223333'] } },
  vpc,
  securityGroups: [new SecurityGroup(stack, 'Functions', { vpc })],
  permissionsBoundary: ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
})
app.synth()
