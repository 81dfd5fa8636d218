import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import { type Credentials, stytchBaseUrl } from './credentials.ts'
import { createConnectionWatch } from './watch-connections.ts'

const NEVER_SENT = new Set([
  'EMFILE',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
const TIMED_OUT = new Error('no answer in time')

/** A request to Stytch. `path` may have a query. `maxAnswerBytes`: of the body of an answer; left out: 1 MiB. */
export type StytchRequest = {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  maxAnswerBytes?: number
}

export type AskStytch = (request: StytchRequest, credentials: Credentials) => Promise<Answer>

export type AskOptions = { timeoutMs: number; baseUrl?: string | undefined }

/**
 * Returns what makes requests to Stytch, with its connections: one per call in flight. It follows no redirects and never rejects.
 */
export function createAskStytch(options: AskOptions): AskStytch {
  const secure = { send: https.request, agent: new https.Agent({ keepAlive: true }) }
  const plain = { send: http.request, agent: new http.Agent({ keepAlive: true }) }
  const connections = createConnectionWatch()
  const targets = new WeakMap<Credentials, ReturnType<typeof toTarget>>()

  function toTarget(credentials: Credentials) {
    const url = new URL(options.baseUrl ?? stytchBaseUrl(credentials))
    const { send, agent } = url.protocol === 'https:' ? secure : plain
    const auth = `${credentials.project_id}:${credentials.secret}`
    return { send, to: { ...urlToHttpOptions(url), agent, auth } }
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

  return async (request, credentials) => {
    // While a call is under way, the process reads all the time.
    if (underWay === 0) await connections.readWhatArrived()
    underWay++
    return call(request, credentials).finally(() => underWay--)
  }

  function call(
    { method, path, body, maxAnswerBytes }: StytchRequest,
    credentials: Credentials,
  ): Promise<Answer> {
    const { send, to } = targetFor(credentials)
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers =
      text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    return new Promise((resolve) => {
      const request = send({ ...to, method, path, headers })
      const timer = setTimeout(() => request.destroy(TIMED_OUT), options.timeoutMs)
      request.once('close', () => clearTimeout(timer))
      request.once('socket', (socket) => {
        connections.begin(socket)
        request.once('response', (response) => {
          request.on('error', () => {})
          request.off('error', unanswered)
          const onEnd = (bytes: number) => connections.end(socket, response, bytes)
          void readAnswer(response, onEnd, maxAnswerBytes).then((answer) => {
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
      request.end(text)
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
 * The outcome of a call. `body` is undefined when it broke off or was too large. `date`: Stytch's clock, from the header.
 * `unanswered`: what was asked for may have happened. `unreachable`: it can't have.
 */
export type Answer =
  | {
      kind: 'answered'
      status: number
      body: string | undefined
      retryAfter: string | undefined
      date?: string | undefined
    }
  | { kind: 'unanswered'; code: 'timeout' | 'connection_lost' }
  | { kind: 'unreachable'; code: 'unreachable' }

const MAX_BODY_BYTES = 1_048_576

/** Reads the body to its end, of which `onEnd` hears, or up to `maxBytes`. Never rejects: an answer that breaks off has no body. */
function readAnswer(
  response: http.IncomingMessage,
  onEnd: (bytes: number) => void,
  maxBytes = MAX_BODY_BYTES,
): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve) => {
    const answer = (body: string | undefined) =>
      resolve({
        kind: 'answered',
        status: response.statusCode ?? 0,
        body,
        retryAfter: response.headers['retry-after'],
        date: response.headers.date,
      })
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= maxBytes) return
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
