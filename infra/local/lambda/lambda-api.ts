import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type AwsEndpoint, answer, type EndpointOptions, startAwsEndpoint } from '../aws-endpoint.ts'
import type { EventSourceMapping } from './event-source-mapping.ts'

/**
 * Starts Lambda with two actions, GetEventSourceMapping and UpdateEventSourceMapping (of `Enabled`), on a free port of 127.0.0.1. `mappings`: by
 * their ids. Every request passes the interceptor first.
 */
export async function startLambdaApi(
  mappings: ReadonlyMap<string, EventSourceMapping>,
  { intercept, token }: EndpointOptions = {},
): Promise<AwsEndpoint> {
  return startAwsEndpoint({
    service: 'lambda',
    ...{ intercept, token },
    read: readRest,
    serve({ call, response }) {
      const refuse = (status: number, type: string, Message: string) =>
        answer(response, status, { Type: 'User', Message }, { 'x-amzn-errortype': type })
      const request = RequestSchema.safeParse(call.body)
      if (!request.success) return refuse(400, 'InvalidParameterValueException', call.action)
      const { UUID, Enabled } = request.data
      const mapping = mappings.get(UUID)
      if (!mapping)
        return refuse(404, 'ResourceNotFoundException', 'The resource you requested does not exist.')
      if (Enabled !== undefined) {
        if (mapping.state().endsWith('ing'))
          return refuse(400, 'ResourceInUseException', 'The event source mapping is being updated.')
        if (Enabled !== (mapping.state() === 'Enabled')) void (Enabled ? mapping.resume() : mapping.pause())
      }
      const status = Enabled === undefined ? 200 : 202
      return answer(response, status, { UUID, State: mapping.state() })
    },
  })
}

const RequestSchema = z.strictObject({ UUID: z.string(), Enabled: z.boolean().optional() })

const PATH = /^\/2015-03-31\/event-source-mappings\/([\w-]+)\/?$/

function readRest({ method, url = '' }: IncomingMessage, text: string): { action: string; body: unknown } {
  const [, UUID] = PATH.exec(url) ?? []
  const actions: Record<string, string> = { GET: 'GetEventSourceMapping', PUT: 'UpdateEventSourceMapping' }
  const action = (UUID !== undefined && actions[method ?? '']) || `${method} ${url}`
  return { action, body: { ...(text && JSON.parse(text)), UUID } }
}
