/**
 * How long an AWS client may take for one request, and how often it tries. The SDK waits for ever by default:
 * one hung request would cost the whole invocation, and every call that is not recorded yet.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
}
