import path from 'node:path'
import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda'
import {
  LogLevel,
  NodejsFunction,
  type NodejsFunctionProps,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { Stage } from './stage.ts'

const ROOT = path.join(import.meta.dirname, '..')

/** One function of the stack, bundled from `functions/<folder>/handler.ts`, with a log group of its own. */
export function createFunction(
  scope: Construct,
  id: string,
  { folder, stage, ...props }: { folder: string; stage: Stage } & NodejsFunctionProps,
): NodejsFunction {
  return new NodejsFunction(scope, id, {
    entry: path.join(ROOT, 'functions', folder, 'handler.ts'),
    projectRoot: ROOT,
    depsLockFilePath: path.join(ROOT, 'package-lock.json'),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(stage.functionTimeoutSeconds),
    memorySize: stage.memoryMb,
    loggingFormat: LoggingFormat.JSON,
    logGroup: new LogGroup(scope, `${id}Logs`, {
      retention: stage.logRetentionDays,
      removalPolicy: stage.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    }),
    bundling: {
      minify: true,
      format: OutputFormat.CJS,
      target: 'node24',
      externalModules: [],
      logLevel: LogLevel.WARNING,
    },
    ...props,
  })
}
