import type { ServerResponse } from 'node:http'
import { answer } from './answer.ts'
import type { AwsCall, Tap } from './tap.ts'

/**
 * Asks the tap about a call and does what it decided: `drop` destroys the connection, an error is answered as an
 * AWS exception of that name. Returns whether the call is to be served.
 */
export async function applyTap(
  tap: Tap | undefined,
  call: AwsCall,
  response: ServerResponse,
): Promise<boolean> {
  const decision = (await tap?.(call)) ?? 'pass'
  if (decision === 'drop') response.destroy()
  else if (decision !== 'pass') {
    const { status, errorType, message = `${errorType} made by the tap` } = decision
    answer(response, status, { __type: errorType, message })
  }
  return decision === 'pass'
}
