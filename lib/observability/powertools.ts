import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy, { type MiddlewareObj } from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { describeError } from './describe-error.ts'
import type { Observe } from './observe.ts'

/** The flow of a function. `remainingMs`: time left to the invocation. Resolves to the batch item failures. */
type Flow = (event: SQSEvent, remainingMs: number) => Promise<SQSBatchResponse>

/** How a function reports what it does, and what turns its flow into a Lambda handler that reports. */
export function createReporting(serviceName: string, stage: string) {
  const logger = new Logger({ serviceName })
  const metrics = new Metrics({ namespace: 'BreachReset', serviceName, defaultDimensions: { stage } })
  const observe = createObserve(logger, metrics)

  function toHandler(flow: Flow) {
    const invoke = (event: SQSEvent, context: Context) => flow(event, context.getRemainingTimeInMillis())
    return middy(invoke, { timeoutEarlyInMillis: 0 })
      .use(injectLambdaContext(logger, { logEvent: false }))
      .use(logMetrics(metrics))
      .use(errorBoundary(observe))
  }
  return { observe, toHandler }
}

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
