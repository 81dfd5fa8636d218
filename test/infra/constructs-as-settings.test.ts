import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { type IVpc, SecurityGroup, SubnetType, Vpc, type VpcProps } from 'aws-cdk-lib/aws-ec2'
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { describe, expect, it } from 'vitest'
import { BreachReset } from '../../infra/breach-reset.ts'
import type { BreachResetProps } from '../../infra/props.ts'
import { findResource, named, type Statement, statementsIn } from './template-of.ts'

const REQUIRED = { stytchEnvironment: 'live', stytchRequestsPerSecond: 50 } as const
const LAMBDA = new ServicePrincipal('lambda.amazonaws.com')

/** As `cdk init` makes it, with its feature flags. */
function createApp() {
  const quiet = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:annotationsInValidationReport': false }
  const context = { ...flags, ...quiet }
  return new App({ context, builtinCloudFormationValidation: false })
}

/** A stack of an app with Breach Reset in it, whose settings are constructs of the app. */
function deploy(settingsIn: (stack: Stack, app: App) => Partial<BreachResetProps>) {
  const app = createApp()
  const stack = new Stack(app, 'Security')
  const breachReset = new BreachReset(stack, 'Reset', { ...REQUIRED, ...settingsIn(stack, app) })
  return { app, stack, breachReset }
}
const templateWith = (...args: Parameters<typeof deploy>) => Template.fromStack(deploy(...args).stack)

// The classes of CDK do not match their own interfaces under `exactOptionalPropertyTypes`, which this repository sets.
const vpcIn = (stack: Stack, props?: VpcProps) => new Vpc(stack, 'Vpc', props) as IVpc
const busIn = (stack: Stack, id: string) => new EventBus(stack, id) as IEventBus
const detectorIn = (stack: Stack) => new Role(stack, 'Detector', { assumedBy: LAMBDA })

describe('constructs of the app as settings', () => {
  it('are keys of its own: their policies get what each queue, the logs and the alarms need, without sids that could be there twice', () => {
    const template = templateWith((stack) => ({
      encryptionKey: new Key(stack, 'OwnKey'),
      breachQueueKey: new Key(stack, 'OwnBreachKey'),
      producers: { topics: [new Topic(stack, 'Feed')] },
    }))
    template.resourceCountIs('AWS::KMS::Key', 2)
    const policyOf = (key: string) => statementsIn(template, 'AWS::KMS::Key', key)
    const servicesIn = (statements: Statement[]) =>
      JSON.stringify(statements.map(({ Principal }) => Principal)).match(/logs|cloudwatch|sns/g)
    expect(servicesIn(policyOf('OwnKey'))).toEqual(['logs', 'cloudwatch', 'sns'])
    expect(servicesIn(policyOf('OwnBreachKey'))).toEqual(['sns'])
    expect([...policyOf('OwnKey'), ...policyOf('OwnBreachKey')].filter(({ Sid }) => Sid)).toEqual([])
    const [, queue] = findResource(template, 'AWS::SQS::Queue', 'ResetBreachQueue')
    expect(named(queue.Properties.KmsMasterKeyId)).toBe('OwnBreachKey.Arn')
  })

  it('are imported keys, whose policies stay as they are', () => {
    const arn = 'arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000'
    const template = templateWith((stack) => ({ encryptionKey: Key.fromKeyArn(stack, 'Imported', arn) }))
    template.resourceCountIs('AWS::KMS::Key', 0)
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: arn })
  })

  it('are a key of another stack, which then does not depend on this one, and a role that may send', () => {
    const { app, stack, breachReset } = deploy((_, app) => ({
      encryptionKey: new Key(new Stack(app, 'Keys'), 'Key'),
      canaryEvery: Duration.hours(1),
    }))
    breachReset.grantSend(detectorIn(stack))
    expect(
      app
        .synth()
        .getStackByName('Keys')
        .dependencies.map(({ id }) => id),
    ).toEqual(['Keys.assets'])
  })

  it('are a key of the parent of a nested stack, which it does not depend on', () => {
    const parent = new Stack(createApp(), 'Security')
    const settings = { encryptionKey: new Key(parent, 'OwnKey'), canaryEvery: Duration.hours(1) }
    new BreachReset(new NestedStack(parent, 'Nested'), 'Reset', { ...REQUIRED, ...settings })
    // Throws if they depend on each other.
    expect(JSON.stringify(statementsIn(Template.fromStack(parent), 'AWS::KMS::Key', 'OwnKey'))).toContain(
      ':log-group:Security-*',
    )
  })

  it.each(['roles', 'topics'] as const)(
    'are not %s of this stack if the key is of another, whose policy would have to name them',
    (kind) => {
      const namedIn = { roles: detectorIn, topics: (stack: Stack) => new Topic(stack, 'Feed') }[kind]
      const settingsIn = (stack: Stack, app: App) => ({
        encryptionKey: new Key(new Stack(app, 'Keys'), 'Key'),
        producers: { [kind]: [namedIn(stack)] },
      })
      expect(() => deploy(settingsIn)).toThrow(
        `producers.${kind} names something of the stack Security, on which the stack of the key, Keys, can't depend`,
      )
    },
  )

  it.each(['encryptionKey', 'breachQueueKey'] as const)(
    'are not topics of producers that are encrypted with the same key as %s, whose policy would have to name them',
    (setting) => {
      const settingsIn = (stack: Stack) => {
        const masterKey = new Key(stack, 'OwnKey')
        return { [setting]: masterKey, producers: { topics: [new Topic(stack, 'Feed', { masterKey })] } }
      }
      expect(() => deploy(settingsIn)).toThrow(
        'producers.topics has a topic that is encrypted with Security/OwnKey, as a queue it sends to',
      )
    },
  )

  it('are topics for alarms and of producers, roles, and event buses in and out', () => {
    const template = templateWith((stack) => ({
      alarmTopic: new Topic(stack, 'Pages'),
      producers: {
        topics: [
          new Topic(stack, 'Feed'),
          Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-central-1:111122223333:breaches'),
        ],
        roles: [detectorIn(stack)],
        eventBus: { bus: busIn(stack, 'In'), sources: ['feed'] },
      },
      outcomes: { eventBus: busIn(stack, 'Out') },
    }))
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] })
    const [, alarm] = findResource(template, 'AWS::CloudWatch::Alarm', 'ResetBreachQueueStuck')
    expect(named(alarm.Properties.AlarmActions)).toEqual(['Pages'])
    const subscribed = Object.entries(template.findResources('AWS::SNS::Subscription'))
    expect(subscribed.map(([, { Properties }]) => named(Properties.TopicArn))).toEqual([
      'Feed',
      'arn:aws:sns:eu-central-1:111122223333:breaches',
    ])
    // As if it were given by its ARN: a new logical id would end the subscription.
    expect(subscribed[1]?.[0]).toMatch(/^ResetBreachTopicsarnawssnseucentral1111122223333breaches/)
    const senders = statementsIn(template, 'AWS::SQS::QueuePolicy', 'ResetBreachQueuePolicy')
    expect(senders.map(({ Principal }) => Principal)).toContainEqual({ AWS: 'Detector.Arn' })
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.objectLike({ Ref: Match.stringLikeRegexp('^In') }),
    })
    const puts = statementsIn(template, 'AWS::IAM::Policy', 'ResetFanOutRole').find(
      ({ Action }) => Action === 'events:PutEvents',
    )
    expect(puts?.Resource).toBe('Out.Arn')
  })

  it('are no bus of another account, on which a rule of this one can not be', () => {
    const stack = new Stack(createApp(), 'Security', {
      env: { account: '111122223333', region: 'eu-central-1' },
    })
    const of = (account: string) =>
      EventBus.fromEventBusArn(stack, account, `arn:aws:events:eu-central-1:${account}:event-bus/feeds`)
    const deployWith = (bus: IEventBus) =>
      new BreachReset(stack, `Reset${bus.env.account}`, {
        ...REQUIRED,
        producers: { eventBus: { bus, sources: ['feed'] } },
      })
    expect(() => deployWith(of('444455556666'))).toThrow(
      'producers.eventBus.bus is of account 444455556666, and the stack is deployed to 111122223333',
    )
    expect(() => deployWith(of('111122223333'))).not.toThrow()
  })

  it('are a topic that enforces TLS, and so has no default policy: alarms may publish to it and use its key, from two deployments as from one', () => {
    const template = templateWith((stack) => {
      const masterKey = new Key(stack, 'PagesKey')
      const alarmTopic = new Topic(stack, 'Pages', { masterKey, enforceSSL: true })
      new BreachReset(stack, 'Other', { ...REQUIRED, alarmTopic })
      return { alarmTopic }
    })
    const allowedIn = (type: string, id: string) =>
      statementsIn(template, type, id)
        .filter(({ Principal }) => JSON.stringify(Principal).includes('cloudwatch'))
        .map(({ Effect, Action }) => [Effect, Action])
    expect(allowedIn('AWS::SNS::TopicPolicy', 'PagesPolicy')).toEqual([['Allow', 'sns:Publish']])
    expect(allowedIn('AWS::KMS::Key', 'PagesKey')).toEqual([
      ['Allow', ['kms:Decrypt', 'kms:GenerateDataKey']],
    ])
  })

  it('are the managed policy that bounds every role', () => {
    const template = templateWith((stack) => ({
      permissionsBoundary: ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
    }))
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.anyValue() })
  })

  const ONE_KIND: Record<string, (stack: Stack) => Partial<BreachResetProps>> = {
    'encryptionKey must be a KMS key or its ARN, not an alias': (stack) => ({
      encryptionKey: new Key(stack, 'OwnKey').addAlias('own'),
    }),
    'alarmTopic must be a standard SNS topic or its ARN': (stack) => ({
      alarmTopic: new Topic(stack, 'Fifo', { fifo: true }),
    }),
    'producers.topics.0 must be the topic itself': (stack) => ({
      producers: { topics: [new Topic(stack, 'Feed').topicArn] },
    }),
    'producers.roles.0 must be an IAM role or its ARN': (stack) => ({
      producers: { roles: [Role.fromRoleArn(stack, 'Any', 'arn:aws:iam::111122223333:role/*')] },
    }),
    'encryptionKey must be a KMS key or its ARN': (stack) => ({
      encryptionKey: new Topic(stack, 'Feed') as never,
    }),
  }
  it.each(Object.entries(ONE_KIND))('are of the kind that the setting needs: %s', (problem, settingsIn) => {
    expect(() => deploy(settingsIn)).toThrow(`these settings can't work: ${problem}`)
  })
})

describe('a VPC of the app', () => {
  const configOf = (template: Template) =>
    named(findResource(template, 'AWS::Lambda::Function', 'ResetRequireReset')[1].Properties.VpcConfig)

  it('has the functions in its private subnets, in a security group of their own, once their roles may join it', () => {
    const { stack, breachReset } = deploy((stack) => ({ vpc: vpcIn(stack) }))
    const template = Template.fromStack(stack)
    expect(configOf(template)).toEqual({
      SubnetIds: ['VpcPrivateSubnet1Subnet', 'VpcPrivateSubnet2Subnet'],
      SecurityGroupIds: ['ResetSecurityGroup.GroupId'],
    })
    template.hasResource('AWS::Lambda::Function', {
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('^ResetRequireResetRoleDefaultPolicy'),
        Match.stringLikeRegexp('^VpcPrivateSubnet1DefaultRoute'),
      ]),
    })
    expect(JSON.stringify(template.toJSON())).not.toContain('AWSLambdaVPCAccessExecutionRole')
    const [group] = breachReset.functions.fanOut.connections.securityGroups
    expect(breachReset.functions.requireReset.connections.securityGroups).toEqual([group])
  })

  it('has the functions in the subnets and security groups that are chosen', () => {
    const template = templateWith((stack) => {
      const vpc = vpcIn(stack, {
        natGateways: 0,
        subnetConfiguration: [{ name: 'ByProxy', subnetType: SubnetType.PRIVATE_ISOLATED }],
      })
      const securityGroups = [new SecurityGroup(stack, 'Functions', { vpc })]
      return { vpc, securityGroups, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }
    })
    expect(configOf(template)).toEqual({
      SubnetIds: ['VpcByProxySubnet1Subnet', 'VpcByProxySubnet2Subnet'],
      SecurityGroupIds: ['Functions.GroupId'],
    })
  })

  it.each([
    ['vpc has no private subnets', {}],
    ['vpcSubnets chooses public subnets', { vpcSubnets: { subnetType: SubnetType.PUBLIC } }],
  ])('has a route to Stytch, or is refused: %s', (problem, choice) => {
    const publicIn = (stack: Stack) =>
      vpcIn(stack, {
        natGateways: 0,
        subnetConfiguration: [{ name: 'Public', subnetType: SubnetType.PUBLIC }],
      })
    expect(() => deploy((stack) => ({ vpc: publicIn(stack), ...choice }))).toThrow(problem)
  })
})
