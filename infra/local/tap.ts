/** One request that a local AWS endpoint is about to serve. `caller` is the access key id it was signed with: a function's name. */
export type AwsCall = {
  service: 'sqs' | 'dynamodb' | 'secretsmanager'
  action: string
  caller: string
  body: unknown
}

/**
 * What a local AWS endpoint does with a request: serve it (`pass`), close the connection without an answer, without any
 * effect (`drop`) or after the effect (`lose_answer`), answer with an AWS error, whose message may be given, or take only the
 * first entries of a SendMessageBatch or BatchWriteItem and say so in the answer.
 */
export type TapDecision =
  | 'pass'
  | 'drop'
  | 'lose_answer'
  | { status: number; errorType: string; message?: string }
  | { firstEntries: number }

/** Decides about each request before it has any effect. The request waits for the decision. */
export type Tap = (call: AwsCall) => Promise<TapDecision>
