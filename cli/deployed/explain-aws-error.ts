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
 * An SDK's own message is never repeated: it may quote the request. Name and code are, as far as they are plain words.
 */
export function explainAwsError(error: unknown, action: string): string {
  const given = error as { name?: string; message?: string; code?: string }
  const { message = '' } = given
  const name = wordOf(given.name)
  const code = wordOf(given.code)
  if (message.includes('Region is missing'))
    return 'no AWS region: set AWS_REGION, or choose a profile that has one'
  if (CREDENTIALS.has(name))
    return 'no usable AWS credentials: run aws configure or aws sso login, or set AWS_PROFILE'
  if (EXPIRED.has(name)) return 'the AWS credentials have expired: sign in again'
  if (UNSIGNED.has(name))
    return `${action}: AWS refuses the signature (${name}): look at the secret access key, and at the clock of this machine`
  if (/throttl/i.test(name) || BUSY.has(name))
    return `${action}: AWS is asked too often at the moment: run it again later`
  if (name.startsWith('KMS') || name.includes('Kms') || (DENIED.has(name) && message.includes('kms:')))
    return `${action}: KMS refused (${name}): you need kms:Decrypt and kms:GenerateDataKey on the key of the stack`
  if (DENIED.has(name)) return `${action} was denied: you need that permission`
  if (name === 'ValidationError')
    return `${action}: there is no stack of that name in this account and region`
  if (name.includes('NonExistentQueue') || name === 'QueueDoesNotExist')
    return `${action}: there is no such queue in this account and region`
  if (name === 'ResourceNotFoundException')
    return `${action}: there is no such thing in this account and region`
  if (name === 'TimeoutError')
    return `${action}: AWS did not answer in time: look at the network, then run it again`
  if (NETWORK.has(code)) return `${action}: AWS could not be reached (${code})`
  return `${action} failed: ${name || 'unknown error'}${code ? ` (${code})` : ''}`
}

function wordOf(text = ''): string {
  return WORD.test(text) ? text : ''
}
