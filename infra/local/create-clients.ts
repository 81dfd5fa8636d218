import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'

export type LocalEndpoints = { sqs: string; dynamoDB: string; secretsManager: string }

/** Who the local system's own clients sign as: taps can tell them from the functions. */
export const OPERATOR = 'operator'

/** The environment that points any AWS SDK, or the AWS CLI, at the local endpoints. */
export function endpointVariables(endpoints: LocalEndpoints): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDB,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
  }
}

/** SDK clients of the local endpoints. */
export function createClients(endpoints: LocalEndpoints): { sqs: SQSClient; dynamoDB: DynamoDBClient } {
  const common = { region: 'us-east-1', credentials: { accessKeyId: OPERATOR, secretAccessKey: OPERATOR } }
  return {
    sqs: new SQSClient({ ...common, endpoint: endpoints.sqs }),
    dynamoDB: new DynamoDBClient({ ...common, endpoint: endpoints.dynamoDB }),
  }
}
