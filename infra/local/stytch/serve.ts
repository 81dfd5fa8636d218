import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { namesThisMachine } from '../guard.ts'
import { type Answer, errorAnswer, parseJson } from './answers.ts'
import { badAnswer } from './bad-answers.ts'
import type { SessionCall, SimulatorCall } from './calls.ts'
import { answerControlRequest } from './control-api.ts'
import { type Received, receive, type SimulatedStytch } from './core.ts'
import type { FaultList } from './fault-list.ts'
import { latencyMs, takesEffect } from './faults.ts'
import type { ProjectState } from './project.ts'
import { sendAnswer, sendFaulty } from './send-answer.ts'

/** Serves a request to Stytch, or to the control API, whose requests are not recorded as calls. The body of a stranger is not read. */
export async function serveRequest(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { project, calls, gate } = simulation
  const { method = '', url: path = '', headers } = request
  const { authorization } = headers
  const send = (answer: Answer) => {
    stamp(response, project)
    sendAnswer(response, answer)
  }
  const requestId = `request-id-test-${randomUUID()}`
  const isControl = path.startsWith('/simulator/')
  if (!namesThisMachine(request)) return send(errorAnswer(403, 'only_127_0_0_1_is_served', requestId))
  if (isControl && !gate.isAuthorized(authorization))
    return send(errorAnswer(403, 'unauthorized_credentials', requestId))
  const body = gate.isAuthorized(authorization) ? await text(request) : ''
  if (isControl) return send(answerControlRequest(simulation, `${method} ${path}`, body))
  const call = { at: project.now(), requestId, status: 0 }
  const received = receive(simulation, { method, path, body: parseJson(body) }, { authorization, requestId })
  if (received) return serveReceived(simulation, received, response, record(simulation, received, call))
  calls.push({ ...call, email: '', status: 404, effect: 'none' })
  send(errorAnswer(404, 'route_not_found', requestId))
}

export type Simulation = SimulatedStytch & {
  faults: FaultList
  calls: SimulatorCall[]
  sessionCalls: SessionCall[]
  random: () => number
  stopping: AbortSignal
}

function record(
  { calls, sessionCalls }: Simulation,
  { endpoint, named }: Received,
  call: Pick<SimulatorCall, 'at' | 'requestId' | 'status'>,
): SimulatorCall | SessionCall {
  const { emails, ...ids } = named
  if (endpoint === 'require_reset') {
    const reset: SimulatorCall = { email: '', effect: 'none', ...call, ...ids }
    calls.push(reset)
    return reset
  }
  const other: SessionCall = { endpoint, ...call, ...named }
  sessionCalls.push(other)
  return other
}

/**
 * Serves a request as a healthy Stytch or the fault in force would, and fills in `call`.
 * Rejects when the connection breaks or the simulator stops.
 */
async function serveReceived(
  { project, faults, random, stopping }: Simulation,
  { endpoint, emails, decide }: Received,
  response: ServerResponse,
  call: SimulatorCall | SessionCall,
): Promise<void> {
  const { latency, fault } = faults.pick(endpoint, emails)
  const kinds = [latency, fault].flatMap((rule) => rule?.kind ?? [])
  if (kinds.length > 0) call.fault = kinds.join('+')

  let decision = latency?.afterEffect ? decide(fault) : undefined
  if (decision) Object.assign(call, decision.carryOut())
  if (latency) await sleep(latencyMs(latency, random), undefined, { signal: stopping })
  if (!decision) {
    decision = decide(fault)
    if (!fault || takesEffect(fault)) Object.assign(call, decision.carryOut())
  }

  // There is no answer for a client that has gone, but Stytch has done the work.
  if (response.destroyed) return
  stamp(response, project)
  const { requestId } = call
  const answer = fault ? badAnswer(fault, { requestId, email: emails[0] ?? '' }) : decision.answer
  if (answer) {
    call.status = answer.status
    sendAnswer(response, answer)
  } else if (fault) {
    call.status = sendFaulty(response, fault, decision.answer)
  }
}

/** Node's own header would show the real clock. */
function stamp(response: ServerResponse, { now }: Pick<ProjectState, 'now'>): void {
  response.setHeader('date', new Date(now()).toUTCString())
}
