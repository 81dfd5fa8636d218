import { inspect } from 'node:util'
import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Observe } from '../../lib/observability/observe.ts'
import { createObserve, errorBoundary } from '../../lib/observability/powertools.ts'
import type { Outputs } from './outputs.ts'

/** The middleware of the handlers, with the real logger and metrics, around any work. `invoke` adds its response, or the error that leaves it. */
export function createHandler(serviceName: string, outputs: Outputs) {
  const logger = new Logger({ serviceName })
  const defaultDimensions = { stage: 'test' }
  const metrics = new Metrics({ namespace: 'BreachReset', serviceName, defaultDimensions })
  const observe: Observe = createObserve(logger, metrics)
  const context = { functionName: 'function', awsRequestId: 'request', memoryLimitInMB: '512' } as Context

  async function invoke(work: () => Promise<unknown>): Promise<void> {
    const handler = middy(() => work(), { timeoutEarlyInMillis: 0 })
      .use(injectLambdaContext(logger, { logEvent: false }))
      .use(logMetrics(metrics))
      .use(errorBoundary(observe))
    await handler({}, context).then(
      (response: unknown) => outputs.add('response of a function', response),
      (error: unknown) => addError(outputs, error),
    )
  }

  return { observe, invoke }
}

export function addError(outputs: Outputs, error: unknown): void {
  outputs.add('error that leaves a function', inspect(error, { depth: 9, showHidden: true }))
}
