import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import type { Member } from '../contract/breach-event.ts'
import { type Credentials, stytchBaseUrl } from './credentials.ts'
import { createConnectionWatch } from './watch-connections.ts'

const PATH = '/v1/b2b/passwords/email/require_reset'
const NEVER_SENT = new Set([
  'EMFILE',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const TIMED_OUT = new Error('no answer in time')

export type RequireReset = (member: Member, credentials: Credentials) => Promise<Answer>

/**
 * Returns the one call this project makes, POST require_reset, with its connections: one per call in flight. It follows no redirects and
 * never rejects.
 */
export function createRequireReset(options: {
  timeoutMs: number
  baseUrl?: string | undefined
}): RequireReset {
  const secure = { send: https.request, agent: new https.Agent({ keepAlive: true }) }
  const plain = { send: http.request, agent: new http.Agent({ keepAlive: true }) }
  const connections = createConnectionWatch()
  const targets = new WeakMap<Credentials, ReturnType<typeof toTarget>>()

  function toTarget(credentials: Credentials) {
    const url = new URL(PATH, options.baseUrl ?? stytchBaseUrl(credentials))
    const { send, agent } = url.protocol === 'https:' ? secure : plain
    const auth = `${credentials.project_id}:${credentials.secret}`
    return { send, to: { ...urlToHttpOptions(url), method: 'POST', agent, auth } }
  }

  /** Where to call and as whom, computed once each time the credentials are read. */
  function targetFor(credentials: Credentials) {
    const known = targets.get(credentials)
    if (known) return known
    const target = toTarget(credentials)
    targets.set(credentials, target)
    return target
  }

  let underWay = 0

  return async (member, credentials) => {
    // While a call is under way, the process reads all the time.
    if (underWay === 0) await connections.readWhatArrived()
    underWay++
    return call(member, credentials).finally(() => underWay--)
  }

  function call(member: Member, credentials: Credentials): Promise<Answer> {
    const { send, to } = targetFor(credentials)
    const { email_address, organization_id, member_id } = member
    const body = JSON.stringify({ email_address, organization_id, member_id })
    return new Promise((resolve) => {
      const request = send({
        ...to,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      })
      const timer = setTimeout(() => request.destroy(TIMED_OUT), options.timeoutMs)
      request.once('close', () => clearTimeout(timer))
      request.once('socket', (socket) => {
        connections.begin(socket)
        request.once('response', (response) => {
          request.on('error', () => {})
          request.off('error', unanswered)
          void readAnswer(response, (bytes) => connections.end(socket, response, bytes)).then((answer) => {
            connectionOf.set(answer, socket)
            resolve(answer)
          })
        })
      })
      request.once('upgrade', (response, socket) => {
        socket.destroy()
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          body: undefined,
          retryAfter: undefined,
        })
      })
      const unanswered = (error: NodeJS.ErrnoException) => resolve(withoutAnswer(error))
      request.on('error', unanswered)
      request.end(body)
    })
  }
}

const connectionOf = new WeakMap<Answer, Socket>()

/** For an answer about somebody else: the connection that gave it is out of step, and the next answer on it would be as wrong. */
export function closeConnectionOf(answer: Answer): void {
  connectionOf.get(answer)?.destroy()
}

function withoutAnswer(error: NodeJS.ErrnoException): Answer {
  if (error === TIMED_OUT) return { kind: 'unanswered', code: 'timeout' }
  if (error.code && NEVER_SENT.has(error.code)) return { kind: 'unreachable', code: 'unreachable' }
  return { kind: 'unanswered', code: 'connection_lost' }
}

/**
 * The outcome of a call. `body` is undefined when it broke off or was over 1 MiB.
 * `unanswered`: the reset may have happened. `unreachable`: it can't have.
 */
export type Answer =
  | { kind: 'answered'; status: number; body: string | undefined; retryAfter: string | undefined }
  | { kind: 'unanswered'; code: 'timeout' | 'connection_lost' }
  | { kind: 'unreachable'; code: 'unreachable' }

const MAX_BODY_BYTES = 1_048_576

/** Reads the body to its end, of which `onEnd` hears, or up to 1 MiB. Never rejects: an answer that breaks off has no body. */
function readAnswer(response: http.IncomingMessage, onEnd: (bytes: number) => void): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve) => {
    const answer = (body: string | undefined) =>
      resolve({
        kind: 'answered',
        status: response.statusCode ?? 0,
        body,
        retryAfter: response.headers['retry-after'],
      })
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= MAX_BODY_BYTES) return
      answer(undefined)
      response.destroy()
    })
    response.once('end', () => {
      onEnd(bytes)
      answer(Buffer.concat(chunks).toString())
    })
    response.once('error', () => {})
    response.once('close', () => answer(undefined))
  })
}
