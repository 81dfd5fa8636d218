import { existsSync } from 'node:fs'
import path from 'node:path'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Architecture, Code, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import {
  LogLevel,
  NodejsFunction,
  type NodejsFunctionProps,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import type { Stage } from './stage.ts'

const ROOT = path.join(import.meta.dirname, '..')

/** One function of the stack, `functions/<folder>/handler.ts`, with a role and a log group of its own. */
export function createFunction(
  scope: Construct,
  id: string,
  { folder, stage, key, ...props }: { folder: string; stage: Stage; key: IKey } & NodejsFunctionProps,
): NodejsFunction {
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    retention: stage.logRetentionDays,
    encryptionKey: key,
    removalPolicy: stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
  logGroup.grantWrite(role)
  return new NodejsFunction(scope, id, {
    ...codeOf(folder),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(stage.functionTimeoutSeconds),
    memorySize: stage.memoryMb,
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    role,
    ...(stage.vpc && inVpc(scope, id, role, stage.vpc)),
    ...props,
  })
}

/** Bundled from the source in this repository; in the package, which holds no TypeScript, the bundles that were made from it. */
function codeOf(folder: string): NodejsFunctionProps {
  const bundle = path.join(ROOT, 'bundles', folder)
  if (existsSync(bundle)) return { code: Code.fromAsset(bundle), handler: 'index.handler' }
  return {
    entry: path.join(ROOT, 'functions', folder, 'handler.ts'),
    projectRoot: ROOT,
    depsLockFilePath: path.join(ROOT, 'package-lock.json'),
    bundling: {
      minify: true,
      format: OutputFormat.CJS,
      target: 'node24',
      externalModules: [],
      logLevel: LogLevel.WARNING,
    },
  }
}

function inVpc(
  scope: Construct,
  id: string,
  role: Role,
  vpc: NonNullable<Stage['vpc']>,
): NodejsFunctionProps {
  role.addManagedPolicy(
    ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole'),
  )
  acknowledge(
    role,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]',
    'AWS keeps the list of what Lambda needs to join a VPC; it can be given on all network interfaces only',
  )
  const { vpcId, subnetIds, securityGroupIds } = vpc
  return {
    vpc: Vpc.fromVpcAttributes(scope, `${id}Vpc`, { vpcId, availabilityZones: ['unused'] }),
    vpcSubnets: {
      subnets: subnetIds.map((subnetId) => Subnet.fromSubnetId(scope, `${id}-${subnetId}`, subnetId)),
    },
    securityGroups: securityGroupIds.map((groupId) =>
      SecurityGroup.fromSecurityGroupId(scope, `${id}-${groupId}`, groupId, { mutable: false }),
    ),
  }
}
