import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Observe } from '../../lib/observability/observe.ts'
import { createObserve, errorBoundary } from '../../lib/observability/powertools.ts'

const CONTEXT = { functionName: 'function', awsRequestId: 'request', memoryLimitInMB: '512' } as Context

/** The middlewares of the handlers, with the real logger and metrics, round any work. */
export function createRealChain(serviceName: string): {
  observe: Observe
  invoke: (work: () => Promise<unknown>) => Promise<unknown>
} {
  const logger = new Logger({ serviceName })
  const metrics = new Metrics({
    namespace: 'BreachReset',
    serviceName,
    defaultDimensions: { stage: 'test' },
  })
  const observe = createObserve(logger, metrics)
  return {
    observe,
    invoke: (work) =>
      middy(() => work(), { timeoutEarlyInMillis: 0 })
        .use(injectLambdaContext(logger, { logEvent: false }))
        .use(logMetrics(metrics))
        .use(errorBoundary(observe))({}, CONTEXT),
  }
}
