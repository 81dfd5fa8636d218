import type { ServerResponse } from 'node:http'
import { answer } from './answer.ts'
import { changeAnswer } from './change-answer.ts'
import { takePart } from './take-part.ts'
import type { AwsCall, Tap } from './tap.ts'

/** Asks the tap about a call and does what it decided. Returns what is to be served, if anything: the call or a part of it. */
export async function applyTap(
  tap: Tap | undefined,
  call: AwsCall,
  response: ServerResponse,
): Promise<AwsCall | undefined> {
  const decision = (await tap?.(call)) ?? 'pass'
  if (decision === 'pass') return call
  if (decision === 'drop') {
    response.destroy()
    return undefined
  }
  if (decision === 'lose_answer') {
    changeAnswer(response, () => undefined)
    return call
  }
  if ('firstEntries' in decision) {
    const part = takePart(call, decision.firstEntries)
    changeAnswer(response, part.amend)
    return part.call
  }
  const { status, errorType, message = `${errorType} made by the tap` } = decision
  answer(response, status, { __type: errorType, message })
  return undefined
}
