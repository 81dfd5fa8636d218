import { ManagedPolicy, type Role } from 'aws-cdk-lib/aws-iam'
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { acknowledge } from './acknowledge.ts'
import type { Stage } from './stage.ts'

/** Puts a function into the stage's subnets. By ids alone, as CloudFormation takes them: nothing else about the VPC needs to be known. */
export function joinVpc(lambda: NodejsFunction, role: Role, vpc: NonNullable<Stage['vpc']>): void {
  role.addManagedPolicy(
    ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole'),
  )
  acknowledge(
    role,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]',
    'AWS keeps the list of what Lambda needs to join a VPC; it can be given on all network interfaces only',
  )
  const resource = lambda.node.defaultChild as CfnFunction
  resource.vpcConfig = vpc
}
