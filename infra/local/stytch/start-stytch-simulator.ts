import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAnswerRequireReset } from './create-answer-require-reset.ts'
import { createCallLog } from './create-call-log.ts'
import { createControlApi } from './create-control-api.ts'
import { createGate, type Gate } from './create-gate.ts'
import { createProjectState, type ProjectState } from './create-project-state.ts'
import { createRouteRequest } from './create-route-request.ts'
import { createServeRequireReset } from './create-serve-require-reset.ts'
import { createFaultList, type FaultList } from './faults/create-fault-list.ts'
import { type PasswordStatus, passwordStatus } from './password-status.ts'
import type { SimulatorCall } from './simulator-call.ts'
import { DEFAULT_SIMULATOR_SETTINGS, type SimulatorSettings } from './simulator-settings.ts'

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
