import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SQSClient } from '@aws-sdk/client-sqs'

/** Without EventBridge: what functions have that send nothing there. CloudFormation, Lambda and logs are for commands. */
export type LocalEndpoints = { sqs: string; dynamoDB: string; secretsManager: string } & Partial<
  Record<'eventBridge' | 'cloudFormation' | 'lambda' | 'logs', string>
>

/** The access key id of the local system's own clients, so that interceptors can tell them from the functions. */
export const OPERATOR = 'operator'

/** The environment variables that make any AWS SDK, or the AWS CLI, use the local endpoints. */
export function endpointVariables(endpoints: LocalEndpoints): Record<string, string> {
  const { eventBridge, cloudFormation, lambda, logs } = endpoints
  return {
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDB,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    ...(eventBridge && { AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge }),
    ...(cloudFormation && { AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation }),
    ...(lambda && { AWS_ENDPOINT_URL_LAMBDA: lambda }),
    ...(logs && { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs }),
  }
}

/** The environment variables with which commands, an SDK or the AWS CLI reach a running local system. `name`: as whom. */
export function commandVariables(
  { endpoints, token }: { endpoints: LocalEndpoints; token: string },
  name = OPERATOR,
): Record<string, string> {
  return {
    ...endpointVariables(endpoints),
    AWS_REGION: 'us-east-1',
    // Of the AWS CLI, version 1.
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: name,
    AWS_SECRET_ACCESS_KEY: name,
    AWS_SESSION_TOKEN: token,
  }
}

/** SDK clients of the local endpoints. `sessionToken`: of endpoints that want one. */
export function createClients(
  endpoints: LocalEndpoints,
  sessionToken?: string,
): { sqs: SQSClient; dynamoDB: DynamoDBClient } {
  const credentials = {
    ...{ accessKeyId: OPERATOR, secretAccessKey: OPERATOR },
    ...(sessionToken && { sessionToken }),
  }
  const common = { region: 'us-east-1', credentials }
  return {
    sqs: new SQSClient({ ...common, endpoint: endpoints.sqs }),
    dynamoDB: new DynamoDBClient({ ...common, endpoint: endpoints.dynamoDB }),
  }
}
