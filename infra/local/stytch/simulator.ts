import { once } from 'node:events'
import http, { type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { SessionCall, SimulatorCall } from './calls.ts'
import { createFaultList, type FaultList } from './fault-list.ts'
import { createGate, type Gate, type Rates } from './gate.ts'
import { type PasswordStatus, passwordStatus } from './password-book.ts'
import { createProjectState, type ProjectState } from './project.ts'
import { serveRequest } from './serve.ts'
import type { SimulatedSession } from './session-book.ts'
import { DEFAULT_SIMULATOR_SETTINGS, type SimulatorSettings } from './settings.ts'

/** Starts a Stytch B2B project, with the endpoints that the product calls, on a free port of 127.0.0.1. */
export async function startStytchSimulator(options: StytchSimulatorOptions): Promise<StytchSimulator> {
  const { projectId, tls, now = Date.now, random = Math.random } = options
  if (!projectId.startsWith('project-test-')) throw new Error('the simulator takes only a project-test- id')

  const settings = { ...DEFAULT_SIMULATOR_SETTINGS, ...options.settings }
  const project = createProjectState(now)
  const faults = createFaultList(random)
  const gate = createGate({ ...options, now })
  const stopping = new AbortController()
  const calls: SimulatorCall[] = []
  const sessionCalls: SessionCall[] = []
  const simulation = {
    ...{ project, settings, gate, faults, calls, sessionCalls, random },
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
    addSession: project.addSession,
    sessions: project.sessions.all,
    membersOf: project.membersOf,
    findOrganization: project.findOrganization,
    findMember: project.findMember,
    setPassword: (email, at) => project.passwords.set(email, at ?? now()),
    password: (email) => passwordStatus(project.passwords, email),
    calls: () => calls,
    sessionCalls: () => sessionCalls,
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

export type StytchSimulatorOptions = Rates & {
  /** `project-test-<uuid>`: anything else is refused, so that nobody tries it with a live key. */
  projectId: string
  secret: string
  settings?: Partial<SimulatorSettings>
  /** ms since the epoch. */
  now?: () => number
  /** From 0 up to but not including 1, for faults with a probability or a range. */
  random?: () => number
  /** PEM texts. With them it speaks https, as Stytch does, instead of http. */
  tls?: { key: string; cert: string }
}

export type StytchSimulator = {
  url: string
  addOrganization: ProjectState['addOrganization']
  addMember: ProjectState['addMember']
  addSession: ProjectState['addSession']
  membersOf: ProjectState['membersOf']
  findOrganization: ProjectState['findOrganization']
  findMember: ProjectState['findMember']
  /** Every session there ever was, in the order in which they were added. */
  sessions(): readonly SimulatedSession[]
  /** A member chose a new password; `at` in ms, now unless given. */
  setPassword(email: string, at?: number): void
  password(email: string): PasswordStatus
  /** Every request to require_reset so far, in order of arrival, and those that no endpoint takes. The list grows as more arrive. */
  calls(): readonly SimulatorCall[]
  /** Every request to the other endpoints. This list grows, too. */
  sessionCalls(): readonly SessionCall[]
  fault: FaultList['add']
  clearFaults: FaultList['clear']
  faultHits: FaultList['hits']
  rotateSecret: Gate['rotateSecret']
  /** Each may be changed while it runs. */
  readonly settings: SimulatorSettings
  /** Ends every connection at once, including those that hang; calls that still wait have no effect. */
  stop(): Promise<void>
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
