import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AnswerRequireReset, Decision } from './create-answer-require-reset.ts'
import type { Gate } from './create-gate.ts'
import type { ProjectState } from './create-project-state.ts'
import { badAnswer } from './faults/bad-answer.ts'
import type { FaultList } from './faults/create-fault-list.ts'
import type { RequestFault } from './faults/fault-rule.ts'
import { latencyMs } from './faults/latency-ms.ts'
import { sendBroken } from './faults/send-broken.ts'
import { parseResetRequest } from './parse-reset-request.ts'
import { sendAnswer } from './send-answer.ts'
import type { SimulatorCall } from './simulator-call.ts'

export type ServeRequireReset = (
  request: IncomingMessage,
  response: ServerResponse,
  call: SimulatorCall,
) => Promise<void>

/** Serves a require_reset call: reads it, decides, does what a healthy Stytch or the fault in force would, and fills in `call`. Rejects when the connection breaks or `stopping` fires. */
export function createServeRequireReset(dependencies: {
  project: ProjectState
  gate: Gate
  faults: FaultList
  answerRequireReset: AnswerRequireReset
  random: () => number
  stopping: AbortSignal
}): ServeRequireReset {
  const { project, gate, faults, answerRequireReset, random, stopping } = dependencies

  function carryOut(decision: Decision, call: SimulatorCall): void {
    const setAt = project.passwords.change(call.email, decision.effect)
    call.effect = decision.effect
    if (setAt !== undefined) call.deletedPasswordSetAt = setAt
  }

  return async (request, response, call) => {
    const parsed = parseResetRequest(await text(request))
    Object.assign(call, parsed)
    const { latency, fault } = faults.pick(call.email)
    const kinds = [latency, fault].flatMap((rule) => rule?.kind ?? [])
    if (kinds.length > 0) call.fault = kinds.join('+')

    const refusal = gate.refusal(request.headers.authorization, call.requestId)
    const decide = (): Decision =>
      refusal ? { answer: refusal, effect: 'none' } : answerRequireReset(parsed, call.requestId)
    let decision = latency?.afterEffect ? decide() : undefined
    if (decision) carryOut(decision, call)
    if (latency) await sleep(latencyMs(latency, random), undefined, { signal: stopping })
    if (!decision) {
      decision = decide()
      if (takesEffect(fault)) carryOut(decision, call)
    }

    // A client that has gone gets no answer; Stytch has done the work all the same.
    if (response.destroyed) return
    const answer = fault ? badAnswer(fault, call) : decision.answer
    if (answer) {
      call.status = answer.status
      sendAnswer(response, answer)
    } else if (fault) {
      call.status = sendBroken(response, fault, decision.answer)
    }
  }
}

function takesEffect(fault: RequestFault | undefined): boolean {
  return !fault || fault.kind === 'slow_body' || fault.afterEffect === true
}
