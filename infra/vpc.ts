import { type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam'
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import { assertStage } from './assert-stage.ts'
import type { VpcIds } from './props.ts'
import type { Stage } from './stage.ts'

/** Puts the functions into the subnets of the stage, if it has any. Their code gets no rights in the VPC: Lambda does. */
export function joinVpc(scope: Construct, stage: Stage, functions: readonly NodejsFunction[]): void {
  const { vpc } = stage
  if (vpc === undefined) return
  const vpcConfig = 'vpcId' in vpc ? idsIn(scope, vpc, stage) : vpc
  for (const lambda of functions) {
    grantLambda(lambda.role as Role)
    const resource = lambda.node.defaultChild as CfnFunction
    resource.vpcConfig = {
      subnetIds: [...vpcConfig.subnetIds],
      securityGroupIds: [...vpcConfig.securityGroupIds],
    }
  }
}

function idsIn(scope: Construct, vpc: IVpc, { vpcSubnets, securityGroups }: Stage): VpcIds {
  // Without a choice, CDK would take isolated subnets, and then public ones.
  assertStage(
    vpcSubnets !== undefined || vpc.privateSubnets.length > 0,
    'vpc has no private subnets with a route to Stytch, such as by a NAT gateway: add them, or choose others by vpcSubnets',
  )
  const { subnetIds, hasPublic } = vpc.selectSubnets(vpcSubnets)
  assertStage(
    !hasPublic,
    'vpcSubnets chooses public subnets, from which a function reaches neither Stytch nor AWS: choose private ones with a NAT gateway',
  )
  const groups = securityGroups ?? [
    new SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Breach Reset: functions' }),
  ]
  return { subnetIds, securityGroupIds: groups.map(({ securityGroupId }) => securityGroupId) }
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
