import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, type NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { codeOf } from './code-of.ts'
import { joinVpc } from './join-vpc.ts'
import type { Stage } from './stage.ts'

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
  const lambda = new NodejsFunction(scope, id, {
    ...codeOf(folder),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(stage.functionTimeoutSeconds),
    memorySize: stage.memoryMb,
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    role,
    ...props,
  })
  if (stage.vpc) joinVpc(lambda, role, stage.vpc)
  return lambda
}
