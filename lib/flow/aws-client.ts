/**
 * How long an AWS client may take for one request, and how often it tries. By default the SDK waits forever:
 * one hung request would cost the whole invocation, and the record of every call not yet written.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
}

/** Resolves to whether a conditional write was made, which means that its condition held. Rejects when that can't be known. */
export function isWritten(write: Promise<unknown>): Promise<boolean> {
  return write.then(
    () => true,
    (error) => (error.name === 'ConditionalCheckFailedException' ? false : Promise.reject(error)),
  )
}
