import * as z from 'zod'
import type { Resolver } from './create-resolver.ts'
import type { FunctionOptions } from './lambda/function-options.ts'
import { type LocalFunction, startFunction } from './lambda/start-function.ts'
import { resourcesOf } from './resources-of.ts'
import type { Synthesized } from './synthesize-stage.ts'

const FunctionSchema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
})

/** The machine decides the architecture, its Node the runtime; roles, networks, loop detection and reserved concurrency are AWS's. */
const IGNORED = [
  'Architectures',
  'Runtime',
  'Role',
  'LoggingConfig',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'VpcConfig',
]

/** Asked before a function's response is accepted; see FunctionOptions. */
export type BeforeResponse = (functionName: string, payload: unknown) => Promise<'pass' | 'drop'>

/** Starts the template's functions from the bundles that would be uploaded. Returns them by logical id. */
export function bootFunctions(
  { template, assetDirectory }: Synthesized,
  resolver: Resolver,
  options: {
    environment: Record<string, string>
    onLog: FunctionOptions['onLog']
    beforeResponse?: BeforeResponse
  },
): Map<string, LocalFunction> {
  const functions = new Map<string, LocalFunction>()
  for (const [logicalId, properties] of resourcesOf(
    template,
    resolver,
    'AWS::Lambda::Function',
    FunctionSchema,
    IGNORED,
  )) {
    const { onLog, beforeResponse } = options
    const local = startFunction({
      onLog,
      ...(beforeResponse && { beforeResponse: ({ payload }) => beforeResponse(logicalId, payload) }),
      name: logicalId,
      assetDirectory: assetDirectory(properties.Code.S3Key),
      handler: properties.Handler,
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      environment: { ...properties.Environment.Variables, ...options.environment },
    })
    resolver.define(logicalId, { ref: logicalId })
    functions.set(logicalId, local)
  }
  return functions
}
