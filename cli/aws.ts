import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient, type SQSServiceException } from '@aws-sdk/client-sqs'
import { say } from './lines.ts'

/** The SDK waits forever by default. One throttled request must not fail a command. */
const LIMITS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 5000, requestTimeout: 20_000, throwOnRequestTimeout: true },
}

export type AwsClients = {
  cloudFormation: CloudFormationClient
  dynamoDB: DynamoDBClient
  lambda: LambdaClient
  logs: CloudWatchLogsClient
  secrets: SecretsManagerClient
  sqs: SQSClient
}

/** Opens the SDK clients of a command. Region, credentials and endpoints come from the SDK's default chain, unless given here. */
export function openAwsClients(given: ConstructorParameters<typeof SQSClient>[0] = {}): AwsClients {
  const options = { ...LIMITS, ...given }
  return {
    cloudFormation: explainErrors(new CloudFormationClient(options), 'cloudformation'),
    dynamoDB: explainErrors(new DynamoDBClient(options), 'dynamodb'),
    lambda: explainErrors(new LambdaClient(options), 'lambda'),
    logs: explainErrors(new CloudWatchLogsClient(options), 'logs'),
    secrets: explainErrors(new SecretsManagerClient(options), 'secretsmanager'),
    sqs: explainErrors(new SQSClient({ ...options, logger: createSqsLogger() }), 'sqs'),
  }
}

/** The SDK warns, with every request, when the endpoint that is set is not that of a queue's URL. Once is enough. */
function createSqsLogger() {
  let isSaid = false
  const ignore = () => {}
  return {
    ...{ trace: ignore, debug: ignore, info: ignore, error: ignore },
    warn() {
      if (!isSaid) say(process.stderr, FOREIGN_ENDPOINT)
      isSaid = true
    },
  }
}

const FOREIGN_ENDPOINT =
  'AWS_ENDPOINT_URL or AWS_ENDPOINT_URL_SQS names another host than the URL of the queue, which is used. Is it left from a local system that is gone?'

type Client = AwsClients[keyof AwsClients]

/**
 * Makes every error of an SDK client a sentence that names the IAM action, and keeps of it what can be shown: its name, its code and
 * the HTTP status. `service` is IAM's name, such as `sqs`.
 */
function explainErrors<Explained extends Client>(client: Explained, service: string): Explained {
  const { middlewareStack } = client as SQSClient
  middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args)
        } catch (error) {
          const action = commandName.replace(/Command$/, '').replace(/Batch$/, '')
          throw Object.assign(new Error(explainAwsError(error, `${service}:${action}`)), factsOf(error))
        }
      },
    { step: 'initialize', priority: 'high', name: 'explainErrors' },
  )
  return client
}

function factsOf(error: unknown) {
  const { message = '', name, code, $metadata } = error as Partial<SQSServiceException & { code: string }>
  return {
    name: message.includes(NO_REGION) ? 'RegionIsMissing' : wordOf(name) || 'Error',
    code: wordOf(code),
    $metadata: { httpStatusCode: $metadata?.httpStatusCode },
  }
}

const NO_REGION = 'Region is missing'
const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
])
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'TokenProviderError'])
const UNSIGNED = new Set(['SignatureDoesNotMatch', 'InvalidSignatureException', 'RequestExpired'])
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'AuthorizationError'])
const BUSY = new Set(['TooManyRequestsException', 'LimitExceededException', 'OverLimit'])
const NETWORK = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ETIMEDOUT', 'ECONNRESET', 'EAI_AGAIN'])
const WORD = /^[\w.-]{1,128}$/

/**
 * What went wrong with a request to AWS, in a sentence. `action` is its IAM action, such as `sqs:SendMessage`.
 * An SDK's own message is never repeated: it may quote the request. Name and code are repeated if they are plain words.
 */
export function explainAwsError(error: unknown, action: string, environment = process.env): string {
  const given = error as { name?: string; message?: string; code?: string }
  const { message = '' } = given
  const name = wordOf(given.name)
  const code = wordOf(given.code)
  if (message.includes(NO_REGION)) return 'no AWS region: set AWS_REGION, or choose a profile that has one'
  if (CREDENTIALS.has(name) && isLocal(environment))
    return 'no usable AWS credentials: AWS_ENDPOINT_URL_* name a local system: export all variables that it printed, and unset AWS_PROFILE'
  if (CREDENTIALS.has(name))
    return 'no usable AWS credentials: run aws configure or aws sso login, or set AWS_PROFILE'
  if (EXPIRED.has(name)) return 'the AWS credentials have expired: sign in again'
  if (UNSIGNED.has(name))
    return `${action}: AWS rejects the signature (${name}): check the secret access key, and the clock of this machine`
  if (/throttl/i.test(name) || BUSY.has(name))
    return `${action}: AWS throttles these requests at the moment: run it again later`
  if (name.startsWith('KMS') || name.includes('Kms') || (DENIED.has(name) && message.includes('kms:')))
    return `${action}: KMS refused (${name}): you need ${kmsActionsFor(action)} on the key of the stack`
  if (DENIED.has(name)) return `${action} was denied: you need that permission`
  if (name === 'ValidationError')
    return `${action}: there is no stack of that name in this account and region: check --stage or --stack, AWS_PROFILE and AWS_REGION`
  if (name.includes('NonExistentQueue') || name === 'QueueDoesNotExist')
    return `${action}: there is no such queue in this account and region`
  if (name === 'ResourceNotFoundException' && action.startsWith('dynamodb:'))
    return `${action}: there is no such table in this account and region`
  if (name === 'ResourceNotFoundException') return `${action}: it does not exist in this account and region`
  if (name === 'TimeoutError')
    return `${action}: AWS did not answer in time: check the network, then run it again`
  if (message.startsWith('Invalid MD5 checksum'))
    return `${action}: SQS took it, but what it answered does not match what was sent`
  if (code === 'ECONNREFUSED' && isLocal(environment))
    return `${action}: the local system that AWS_ENDPOINT_URL_* name is gone: export the variables of another, or unset them`
  if (NETWORK.has(code)) return `${action}: AWS could not be reached (${code})`
  return `${action} failed: ${name || 'unknown error'}${code ? ` (${code})` : ''}`
}

const LOCAL = /^http:\/\/(127\.0\.0\.1|localhost):/

/** Whether requests go to a system on this machine (`npm start -- --keep`). */
function isLocal(environment: NodeJS.ProcessEnv): boolean {
  return Object.entries(environment).some(
    ([name, url = '']) => name.startsWith('AWS_ENDPOINT_URL') && LOCAL.test(url),
  )
}

function kmsActionsFor(action: string): string {
  return /:(Query|Scan|(Batch)?Get(Item|SecretValue))$/.test(action)
    ? 'kms:Decrypt'
    : 'kms:Decrypt and kms:GenerateDataKey'
}

function wordOf(text = ''): string {
  return WORD.test(text) ? text : ''
}

/** Reads outputs of a deployed stack by their names; `optional` ones may be missing. Throws an Error with a sentence when another is. */
export async function readOutputs<Name extends string, Optional extends string = never>(
  cloudFormation: CloudFormationClient,
  stackName: string,
  names: readonly Name[],
  optional: readonly Optional[] = [],
): Promise<Record<Name, string> & Partial<Record<Optional, string>>> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }))
  const outputs = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))
  const found = names.map((name) => [name, outputs.get(name)] as const)
  const missing = found.filter(([, value]) => !value).map(([name]) => name)
  if (missing.length > 0)
    throw new Error(
      `stack ${stackName} has no output ${missing.join(', ')}: if the construct BreachReset is in it, call its addOutputs(), and deploy; if it is of an older version, deploy this one`,
    )
  const others = optional.flatMap((name) => {
    const value = outputs.get(name)
    return value ? [[name, value]] : []
  })
  return Object.fromEntries([...found, ...others])
}

const WHOLE_SECOND_MS = 1000

/**
 * Returns a clock that says when the last response of the client was sent, in ms since the epoch by AWS's clock: the latest moment
 * possible, because a response names only the second. This machine's clock may be wrong by minutes.
 */
export function watchClock(client: SQSClient): () => number {
  let at = Number.NaN
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers = {} } = result.response as { headers?: Record<string, string> }
      at = Date.parse(headers.date ?? '') + WHOLE_SECOND_MS
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'watchClock' },
  )
  return () => at
}
