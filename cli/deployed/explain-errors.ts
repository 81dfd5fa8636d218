import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { explainAwsError } from './explain-aws-error.ts'

type Client = CloudFormationClient | CloudWatchLogsClient | SQSClient

/** Has every error of an SDK client leave it as a sentence that names the IAM action. `service` is IAM's name, such as `sqs`. */
export function explainErrors<Explained extends Client>(client: Explained, service: string): Explained {
  const { middlewareStack } = client as SQSClient
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args)
        } catch (error) {
          const action = commandName.replace(/Command$/, '').replace(/Batch$/, '')
          throw new Error(explainAwsError(error, `${service}:${action}`))
        }
      },
    { step: 'initialize', priority: 'high', name: 'explainErrors' },
  )
  return client
}
