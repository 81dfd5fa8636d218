import { Duration } from 'aws-cdk-lib'
import { GraphWidget, type IWidget, type Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { COLORS } from './colors.ts'
import type { DashboardParts } from './dashboard-parts.ts'

/** How the two functions do. */
export function functionsRow({ stage, functions }: DashboardParts): IWidget[][] {
  const size = { width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } }
  const period = Duration.minutes(1)
  const ofBoth = (metric: (lambda: NodejsFunction, label: string, color: string) => Metric) => [
    metric(functions.fanOut, 'fan-out', COLORS.first),
    metric(functions.requireReset, 'require-reset', COLORS.second),
  ]
  return [
    [
      new GraphWidget({
        ...{ ...size, title: 'Invocations' },
        left: ofBoth((lambda, label, color) => lambda.metricInvocations({ period, label, color })),
      }),
      new GraphWidget({
        ...{ ...size, title: 'Errors and throttles' },
        left: [
          ...ofBoth((lambda, label, color) =>
            lambda.metricErrors({ period, label: `${label}, errors`, color }),
          ),
          ...ofBoth((lambda, label) => lambda.metricThrottles({ period, label: `${label}, throttles` })),
        ],
      }),
      new GraphWidget({
        ...{ ...size, title: 'Longest invocation (ms)' },
        left: ofBoth((lambda, label, color) =>
          lambda.metricDuration({ period, statistic: 'Maximum', label, color }),
        ),
        leftAnnotations: [
          { value: stage.functionTimeoutSeconds * 1000, label: 'timeout', color: COLORS.bad },
        ],
      }),
    ],
  ]
}
