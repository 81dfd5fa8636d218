import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { SQSClient } from '@aws-sdk/client-sqs'
import { explainErrors } from './explain-errors.ts'

/** The SDK waits for ever by default. One throttled request must not fail a command. */
const LIMITS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 5000, requestTimeout: 20_000, throwOnRequestTimeout: true },
}

export type AwsClients = {
  cloudFormation: CloudFormationClient
  logs: CloudWatchLogsClient
  sqs: SQSClient
}

/** Opens the SDK clients of a command. Region, credentials and endpoints come from the SDK's default chain, unless given here. */
export function openAwsClients(given: ConstructorParameters<typeof SQSClient>[0] = {}): AwsClients {
  const options = { ...LIMITS, ...given }
  return {
    cloudFormation: explainErrors(new CloudFormationClient(options), 'cloudformation'),
    logs: explainErrors(new CloudWatchLogsClient(options), 'logs'),
    sqs: explainErrors(new SQSClient(options), 'sqs'),
  }
}
