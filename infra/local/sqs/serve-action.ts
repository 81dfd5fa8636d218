import * as z from 'zod'
import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'
import { type AwsRequest, answer } from '../aws-endpoint.ts'
import type { SqsAction } from './create-actions.ts'
import { queryErrorHeader } from './query-error-header.ts'

const BodySchema = z.record(z.string(), z.unknown())

/** Runs the action a request names and answers it: 200 with what the action returns, 400 with the error it throws. */
export async function serveAction(
  actions: ReadonlyMap<string, SqsAction>,
  { call, response, signal }: AwsRequest,
): Promise<void> {
  try {
    const action = actions.get(call.action)
    if (!action) throw new SqsError('InvalidAction', `Unknown action: ${call.action}`)
    const result = await action(BodySchema.parse(call.body), signal)
    if (!response.destroyed) answer(response, 200, result)
  } catch (error) {
    const refusal = toRefusal(error)
    answer(response, refusal.statusCode, refusal.toJSON(), {
      'x-amzn-query-error': queryErrorHeader(refusal),
    })
  }
}

function toRefusal(error: unknown): SqsError {
  if (error instanceof SqsError) return error
  if (error instanceof z.ZodError) return new SqsError('InvalidParameterValue', z.prettifyError(error))
  throw error
}
