/** One request that a local AWS endpoint is about to serve. `caller` is the access key id it was signed with: a function's name. */
export type AwsCall = {
  service: 'sqs' | 'dynamodb' | 'secretsmanager'
  action: string
  caller: string
  body: unknown
}

/**
 * Decides what a local AWS endpoint does with a request before it has any effect:
 * serve it (`pass`), close the connection without an answer (`drop`), or answer with an AWS error, whose message may be given.
 */
export type Tap = (
  call: AwsCall,
) => Promise<'pass' | 'drop' | { status: number; errorType: string; message?: string }>
