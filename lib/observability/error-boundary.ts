import type { MiddlewareObj } from '@middy/core'
import { describeError } from './describe-error.ts'
import type { Observe } from './observe.ts'

/**
 * The last middleware: what fails a whole invocation is logged without its message and replaced by an error without one,
 * because the Lambda runtime prints message, stack and cause of whatever leaves the handler.
 */
export function errorBoundary(observe: Observe): MiddlewareObj {
  return {
    onError: (request) => {
      observe.failure('invocation failed', request.error)
      const scrubbed = new Error(describeError(request.error).error_name)
      scrubbed.stack = scrubbed.message
      request.error = scrubbed
    },
  }
}
