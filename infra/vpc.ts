import { SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { CfnFunction, FunctionOptions } from 'aws-cdk-lib/aws-lambda'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import { assertStage } from './assert-stage.ts'
import type { Stage } from './stage.ts'

/** Where in an `IVpc` all functions run; nothing for a stage that has ids or no VPC. */
export function networkOf(
  scope: Construct,
  { vpc, vpcSubnets, securityGroups }: Stage,
): Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
  if (vpc === undefined || !('vpcId' in vpc)) return {}
  // Without a choice, CDK would take isolated subnets, and then public ones.
  assertStage(
    vpcSubnets !== undefined || vpc.privateSubnets.length > 0,
    'vpc has no private subnets with a route to Stytch, such as by a NAT gateway: add them, or choose others by vpcSubnets',
  )
  assertStage(
    !vpc.selectSubnets(vpcSubnets).hasPublic,
    'vpcSubnets chooses public subnets, from which a function reaches neither Stytch nor AWS: choose private ones with a NAT gateway',
  )
  const groups = securityGroups ?? [
    new SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Breach Reset: functions' }),
  ]
  return { vpc, ...(vpcSubnets && { vpcSubnets }), securityGroups: [...groups] }
}

/** Lets Lambda join the VPC of the stage, if it has one, with the role of a function, whose code gets no rights there. */
export function joinVpc({ vpc }: Stage, lambda: NodejsFunction): void {
  if (vpc === undefined) return
  grantLambda(lambda.role as Role)
  if ('vpcId' in vpc) return
  // CDK takes no ids without their VPC.
  const { subnetIds, securityGroupIds } = vpc
  const resource = lambda.node.defaultChild as CfnFunction
  resource.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] }
}

/** As AWS lists it under "Giving Lambda functions access to resources in an Amazon VPC". */
const JOIN_VPC = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
]

/** Lambda uses the role to join the VPC. What the function's own code asks for names its function, and is denied. */
function grantLambda(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions: JOIN_VPC, resources: ['*'] }))
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: JOIN_VPC,
      resources: ['*'],
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  )
  acknowledge(
    role,
    'AwsSolutions-IAM5[Resource::*]',
    'Lambda joins a VPC with the role, which can only be granted on all network interfaces; the code of the function is denied it',
  )
}
