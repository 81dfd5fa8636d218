import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, errorAnswer } from './answers.ts'
import { answerControlRequest } from './control-api.ts'
import {
  badAnswer,
  createFaultList,
  type FaultList,
  latencyMs,
  type RequestFault,
  sendBroken,
} from './faults.ts'
import {
  type CallEffect,
  createProjectState,
  type PasswordStatus,
  type ProjectState,
  passwordStatus,
} from './project.ts'
import {
  type AnswerRequireReset,
  createAnswerRequireReset,
  createGate,
  DEFAULT_SIMULATOR_SETTINGS,
  type Decision,
  type Gate,
  parseResetRequest,
  type SimulatorSettings,
} from './require-reset.ts'

/** Starts a Stytch B2B project that has one endpoint, require_reset, on a free port of 127.0.0.1. */
export async function startStytchSimulator(options: StytchSimulatorOptions): Promise<StytchSimulator> {
  const { projectId, secret, requestsPerSecond, tls, now = Date.now, random = Math.random } = options
  if (!projectId.startsWith('project-test-')) throw new Error('the simulator takes only a project-test- id')

  const settings = { ...DEFAULT_SIMULATOR_SETTINGS, ...options.settings }
  const project = createProjectState(now)
  const faults = createFaultList(random)
  const gate = createGate({ projectId, secret, requestsPerSecond, now })
  const answerRequireReset = createAnswerRequireReset(project, settings)
  const stopping = new AbortController()
  const calls: SimulatorCall[] = []
  const simulation = {
    ...{ project, faults, gate, answerRequireReset, calls, now, random },
    stopping: stopping.signal,
  }

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    serveRequest(simulation, request, response).catch((error: unknown) => {
      // Nobody is left to answer; anything else is a bug of the simulator and must be seen.
      if (!stopping.signal.aborted && !request.socket.destroyed) throw error
    })
  }
  const server = tls ? https.createServer(tls, serve) : http.createServer(serve)
  const port = await listen(server, faults)

  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    addOrganization: project.addOrganization,
    addMember: project.addMember,
    setPassword: (email, at) => project.passwords.set(email, at ?? now()),
    password: (email) => passwordStatus(project.passwords, email),
    calls: () => calls,
    fault: faults.add,
    clearFaults: faults.clear,
    faultHits: faults.hits,
    rotateSecret: gate.rotateSecret,
    settings,
    stop: () => {
      stopping.abort()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

export type StytchSimulatorOptions = {
  /** `project-test-<uuid>`: anything else is refused, so that nobody tries it with a live key. */
  projectId: string
  secret: string
  settings?: Partial<SimulatorSettings>
  /** ms since the epoch. */
  now?: () => number
  /** From 0 up to but not including 1, for faults with a probability or a range. */
  random?: () => number
  /** More requests than this in one whole second are answered with 429. */
  requestsPerSecond?: number
  /** PEM texts. With them it speaks https, as Stytch does, instead of http. */
  tls?: { key: string; cert: string }
}

export type StytchSimulator = {
  url: string
  addOrganization: ProjectState['addOrganization']
  addMember: ProjectState['addMember']
  /** A member chose a new password; `at` in ms, now unless given. */
  setPassword(email: string, at?: number): void
  password(email: string): PasswordStatus
  /** Every request so far, in order of arrival. The list grows as more arrive. */
  calls(): readonly SimulatorCall[]
  fault: FaultList['add']
  clearFaults: FaultList['clear']
  faultHits: FaultList['hits']
  rotateSecret: Gate['rotateSecret']
  /** Each may be changed while it runs. */
  readonly settings: SimulatorSettings
  /** Ends every connection at once, including those that hang; calls that still wait have no effect. */
  stop(): Promise<void>
}

/** One request as received, with what it really did, whatever the answer said. */
export type SimulatorCall = {
  /** When it was received, in ms. */
  at: number
  /** In lower case; '' when the body named none. */
  email: string
  organizationId?: string
  memberId?: string
  /** The status line sent; 0 when none was sent (yet), or when the client had gone. */
  status: number
  effect: CallEffect
  /** When the password that this call deleted had been set, in ms. */
  deletedPasswordSetAt?: number
  requestId: string
  /** The kind of fault that hit it; two are joined as `latency+html`. */
  fault?: string
}

async function listen(server: Server, faults: FaultList): Promise<number> {
  // Only a fault may close an idle connection, never Node's own timeout.
  server.keepAliveTimeout = 0
  server.on('connection', (socket) => {
    if (faults.hitsConnection()) socket.resetAndDestroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

type Simulation = {
  project: ProjectState
  faults: FaultList
  gate: Gate
  answerRequireReset: AnswerRequireReset
  calls: SimulatorCall[]
  now: () => number
  random: () => number
  stopping: AbortSignal
}

const REQUIRE_RESET = 'POST /v1/b2b/passwords/email/require_reset'

/** Routes a request to the endpoint, to the control API (whose requests are not logged as calls), or to a 404. */
async function serveRequest(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = `${request.method} ${request.url}`
  if (request.url?.startsWith('/simulator/'))
    return sendAnswer(response, answerControlRequest(simulation, route, await text(request)))
  const requestId = `request-id-test-${randomUUID()}`
  const call: SimulatorCall = { at: simulation.now(), email: '', status: 0, effect: 'none', requestId }
  simulation.calls.push(call)
  if (route === REQUIRE_RESET) return serveRequireReset(simulation, request, response, call)
  request.resume()
  call.status = 404
  sendAnswer(response, errorAnswer(404, 'route_not_found', requestId))
}

/**
 * Serves a require_reset call as a healthy Stytch or the fault in force would, and fills in `call`.
 * Rejects when the connection breaks or the simulator stops.
 */
async function serveRequireReset(
  { project, gate, faults, answerRequireReset, random, stopping }: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
  call: SimulatorCall,
): Promise<void> {
  const parsed = parseResetRequest(await text(request))
  Object.assign(call, parsed)
  const { latency, fault } = faults.pick(call.email)
  const kinds = [latency, fault].flatMap((rule) => rule?.kind ?? [])
  if (kinds.length > 0) call.fault = kinds.join('+')

  const refusal = gate.refusal(request.headers.authorization, call.requestId)
  const decide = (): Decision =>
    refusal ? { answer: refusal, effect: 'none' } : answerRequireReset(parsed, call.requestId)
  let decision = latency?.afterEffect ? decide() : undefined
  if (decision) carryOut(project, decision, call)
  if (latency) await sleep(latencyMs(latency, random), undefined, { signal: stopping })
  if (!decision) {
    decision = decide()
    if (takesEffect(fault)) carryOut(project, decision, call)
  }

  // There is no answer for a client that has gone, but Stytch has done the work.
  if (response.destroyed) return
  const answer = fault ? badAnswer(fault, call) : decision.answer
  if (answer) {
    call.status = answer.status
    sendAnswer(response, answer)
  } else if (fault) {
    call.status = sendBroken(response, fault, decision.answer)
  }
}

function carryOut(project: ProjectState, decision: Decision, call: SimulatorCall): void {
  const setAt = project.passwords.change(call.email, decision.effect)
  call.effect = decision.effect
  if (setAt !== undefined) call.deletedPasswordSetAt = setAt
}

function takesEffect(fault: RequestFault | undefined): boolean {
  return !fault || fault.kind === 'slow_body' || fault.afterEffect === true
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  })
  response.end(answer.body)
}
