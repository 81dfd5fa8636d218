import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'

/**
 * How long an AWS client may take for one request, and how often it tries. The SDK waits for ever by default:
 * one hung request would cost the whole invocation, and every call that is not recorded yet.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
}

/** Resolves to whether a conditional write was made, which is when its condition held. Rejects when that can't be known. */
export function isWritten(write: Promise<unknown>): Promise<boolean> {
  return write.then(
    () => true,
    (error) => (error instanceof ConditionalCheckFailedException ? false : Promise.reject(error)),
  )
}
