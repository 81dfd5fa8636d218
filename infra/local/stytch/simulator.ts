import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Answer,
  type AnswerRequireReset,
  createAnswerRequireReset,
  DEFAULT_SIMULATOR_SETTINGS,
  type Decision,
  errorAnswer,
  parseResetRequest,
  type SimulatorSettings,
} from './answers.ts'
import { type ControlApi, createControlApi } from './create-control-api.ts'
import {
  badAnswer,
  createFaultList,
  type FaultList,
  latencyMs,
  type RequestFault,
  sendBroken,
} from './faults.ts'
import { createProjectState, type PasswordStatus, type ProjectState, passwordStatus } from './project.ts'

export type StytchSimulatorOptions = {
  /** `project-test-<uuid>`: anything else is refused, so that nobody tries it with a live key. */
  projectId: string
  secret: string
  settings?: Partial<SimulatorSettings>
  /** ms since the epoch. */
  now?: () => number
  /** 0 to 1, 1 excluded: for faults with a probability or a range. */
  random?: () => number
  /** Over this many requests in a whole second: 429. */
  requestsPerSecond?: number
  /** PEM texts: it speaks https then, as Stytch does, instead of http. */
  tls?: { key: string; cert: string }
}

export type StytchSimulator = {
  url: string
  addOrganization: ProjectState['addOrganization']
  addMember: ProjectState['addMember']
  /** A member chose a new password; `at` in ms, now unless given. */
  setPassword(email: string, at?: number): void
  password(email: string): PasswordStatus
  /** Every request so far, in the order of arrival; the list grows with those to come. */
  calls(): readonly SimulatorCall[]
  fault: FaultList['add']
  clearFaults: FaultList['clear']
  faultHits: FaultList['hits']
  rotateSecret: Gate['rotateSecret']
  /** Each may be changed while it runs. */
  readonly settings: SimulatorSettings
  /** Ends every connection at once, hung ones too; what still waits has no effect any more. */
  stop(): Promise<void>
}

/** Starts a Stytch B2B project that knows one endpoint, require_reset, on a free port of 127.0.0.1. */
export async function startStytchSimulator(options: StytchSimulatorOptions): Promise<StytchSimulator> {
  const { projectId, secret, requestsPerSecond, tls, now = Date.now, random = Math.random } = options
  if (!projectId.startsWith('project-test-')) throw new Error('the simulator takes only a project-test- id')

  const settings = { ...DEFAULT_SIMULATOR_SETTINGS, ...options.settings }
  const project = createProjectState(now)
  const log = createCallLog(now)
  const faults = createFaultList(random)
  const gate = createGate({ projectId, secret, requestsPerSecond, now })
  const stopping = new AbortController()
  const answerRequireReset = createAnswerRequireReset(project, settings)
  const serveRequireReset = createServeRequireReset({
    ...{ project, gate, faults, answerRequireReset, random },
    stopping: stopping.signal,
  })
  const controlApi = createControlApi({ project, faults, calls: log.all, now })
  const routeRequest = createRouteRequest({ log, serveRequireReset, controlApi })

  const serve = (request: http.IncomingMessage, response: http.ServerResponse) => {
    routeRequest(request, response).catch((error: unknown) => {
      // Nobody is left to answer; anything else is a bug of the simulator and must be seen.
      if (!stopping.signal.aborted && !request.socket.destroyed) throw error
    })
  }
  const server = tls ? https.createServer(tls, serve) : http.createServer(serve)
  // An idle connection is closed only by a fault that somebody asked for, not by luck.
  server.keepAliveTimeout = 0
  server.on('connection', (socket) => {
    if (faults.hitsConnection()) socket.resetAndDestroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    addOrganization: project.addOrganization,
    addMember: project.addMember,
    setPassword: (email, at) => project.passwords.set(email, at ?? now()),
    password: (email) => passwordStatus(project.passwords, email),
    calls: log.all,
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

const REQUIRE_RESET = 'POST /v1/b2b/passwords/email/require_reset'

/** Sends a request where it belongs: the endpoint, the control API (whose requests are not logged as calls), or 404. */
function createRouteRequest(dependencies: {
  log: CallLog
  serveRequireReset: ServeRequireReset
  controlApi: ControlApi
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { log, serveRequireReset, controlApi } = dependencies

  return async (request, response) => {
    const route = `${request.method} ${request.url}`
    if (request.url?.startsWith('/simulator/')) {
      sendAnswer(response, controlApi(route, await text(request)))
      return
    }
    const call = log.open()
    if (route === REQUIRE_RESET) return serveRequireReset(request, response, call)
    request.resume()
    call.status = 404
    sendAnswer(response, errorAnswer(404, 'route_not_found', call.requestId))
  }
}

type ServeRequireReset = (
  request: IncomingMessage,
  response: ServerResponse,
  call: SimulatorCall,
) => Promise<void>

/** Serves a require_reset call: reads it, decides, does what a healthy Stytch or the fault in force would, and fills in `call`. Rejects when the connection breaks or `stopping` fires. */
function createServeRequireReset(dependencies: {
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

type Gate = {
  /** The refusal that a request gets before anything is looked at; undefined lets it in. */
  refusal(authorization: string | undefined, requestId: string): Answer | undefined
  /** From now on only this secret opens. */
  rotateSecret(secret: string): void
}

/** Checks HTTP Basic credentials (401) and then the rate (429): Stytch counts requests in fixed windows, here of one second. `now` in ms. */
export function createGate(options: {
  projectId: string
  secret: string
  requestsPerSecond: number | undefined
  now: () => number
}): Gate {
  let { secret } = options
  let second = -1
  let requestsInSecond = 0

  function isOverRate(): boolean {
    const current = Math.floor(options.now() / 1000)
    if (current !== second) requestsInSecond = 0
    second = current
    requestsInSecond += 1
    return requestsInSecond > (options.requestsPerSecond ?? Number.POSITIVE_INFINITY)
  }

  return {
    refusal: (authorization, requestId) => {
      const expected = Buffer.from(`${options.projectId}:${secret}`).toString('base64')
      if (authorization !== `Basic ${expected}`)
        return errorAnswer(401, 'unauthorized_credentials', requestId)
      return isOverRate() ? errorAnswer(429, 'too_many_requests', requestId) : undefined
    },
    rotateSecret: (newSecret) => {
      secret = newSecret
    },
  }
}

type CallLog = {
  /** Adds an entry as a request comes in; whoever serves it fills in what then happens. */
  open(): SimulatorCall
  /** Every request so far, in the order of arrival; the list grows with those to come. */
  all(): readonly SimulatorCall[]
}

/** Keeps the record of what was received and really done. `now` in ms. */
function createCallLog(now: () => number): CallLog {
  const calls: SimulatorCall[] = []
  return {
    open: () => {
      const requestId = `request-id-test-${randomUUID()}`
      const call: SimulatorCall = { at: now(), email: '', status: 0, effect: 'none', requestId }
      calls.push(call)
      return call
    },
    all: () => calls,
  }
}

/** What a call did to the e-mail's password. A repeat on a password that already waits for a reset is `reset_required` again. */
export type CallEffect = 'deleted' | 'reset_required' | 'none'

/** One request as received, with what it really did, whatever the answer said. */
export type SimulatorCall = {
  /** When it was received, in ms. */
  at: number
  /** Lower-cased; '' when the body named none. */
  email: string
  organizationId?: string
  memberId?: string
  /** The status line sent; 0 when none was (yet), or when the client had gone. */
  status: number
  effect: CallEffect
  /** When the password that this call deleted had been set, in ms. */
  deletedPasswordSetAt?: number
  requestId: string
  /** The kind of fault that hit it; two are joined as `latency+html`. */
  fault?: string
}

/** Sends a whole answer. */
function sendAnswer(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  })
  response.end(answer.body)
}
