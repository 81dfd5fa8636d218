import type { Logger } from '@aws-lambda-powertools/logger'
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { MiddlewareObj } from '@middy/core'
import { describeError } from './describe-error.ts'
import type { Observe } from './observe.ts'

/** Reports through Powertools: structured log lines, and metrics in CloudWatch's embedded metric format. */
export function createObserve(logger: Logger, metrics: Metrics): Observe {
  return {
    outcome: (line) => logger.info('member outcome', { ...line }),
    measure: (name, value) =>
      metrics.addMetric(name, name.endsWith('Ms') ? MetricUnit.Milliseconds : MetricUnit.Count, value),
    note: (message, fields) => logger.warn(message, fields),
    failure: (message, error) => logger.error(message, describeError(error)),
  }
}

/**
 * The last middleware. An error that fails a whole invocation is logged without its message and replaced by one without a message,
 * because the Lambda runtime prints message, stack and cause of every error that leaves the handler.
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
