import type { Sqs } from '../queue/send-messages.ts'

/** SQS's codes for a request whose messages it will never take. */
const CONTENT_FAULTS = new Set([
  'BatchRequestTooLong',
  'InvalidMessageContents',
  'InvalidParameterValue',
  'InvalidParameterValueException',
])
/** Without credentials, a region or a connection nothing leaves this machine. */
const BEFORE_SENDING = new Set([
  ...['CredentialsProviderError', 'TokenProviderError', 'RegionIsMissing'],
  ...['ENOTFOUND', 'ECONNREFUSED', 'EAI_AGAIN'],
])

/** SQS's code, if it refused a whole request for what is in it. */
export function refusedContent(error: unknown): string | undefined {
  const { name } = factsOf(error)
  return isRefusal(error) && CONTENT_FAULTS.has(name) ? name : undefined
}

/**
 * Watches the attempts of a client, which retries by itself and throws the error of its last attempt. Returns the client to use, and
 * whether it is certain that nothing of a request that failed with an error is on the queue: an earlier attempt may have been taken.
 */
export function watchAttempts(sqs: Sqs): { sqs: Sqs; wasNotTaken: (error: unknown) => boolean } {
  const mayBeTaken = new WeakSet()
  return {
    wasNotTaken: (error) => isBeforeTaking(error) && !mayBeTaken.has(Object(error)),
    sqs: {
      async send(command, options) {
        let isUncertain = false
        command.middlewareStack.add(
          (next) => async (args) => {
            try {
              return await next(args)
            } catch (error) {
              isUncertain ||= !isBeforeTaking(error)
              throw error
            }
          },
          // Below the retries.
          { step: 'finalizeRequest', priority: 'low', name: 'watchAttempts' },
        )
        try {
          return await sqs.send(command, options)
        } catch (error) {
          if (isUncertain) mayBeTaken.add(Object(error))
          throw error
        }
      },
    },
  }
}

function isBeforeTaking(error: unknown): boolean {
  const { name, code, message } = factsOf(error)
  return (
    isRefusal(error) ||
    BEFORE_SENDING.has(name) ||
    BEFORE_SENDING.has(code) ||
    message === 'Region is missing'
  )
}

/** Whether AWS answered that the request is at fault, or one of too many. */
function isRefusal(error: unknown): boolean {
  const { status } = factsOf(error)
  return status >= 400 && status < 500
}

function factsOf(error: unknown) {
  const given = Object(error) as {
    name?: string
    code?: string
    message?: string
    $metadata?: { httpStatusCode?: number }
  }
  const { name = '', code = '', message = '', $metadata } = given
  return { name, code, message, status: $metadata?.httpStatusCode ?? 0 }
}
