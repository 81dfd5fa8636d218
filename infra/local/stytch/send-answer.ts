import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer } from './answers.ts'
import type { RequestFault } from './faults.ts'

/** Sends `answer` as the fault lets it through. Returns the status that was sent, or 0 for none. */
export function sendFaulty(response: ServerResponse, fault: RequestFault, answer: Answer): number {
  switch (fault.kind) {
    case 'sessions_survive':
    case 'stranger_in_page':
      sendAnswer(response, answer)
      return answer.status
    case 'reset_connection':
      response.socket?.resetAndDestroy()
      return 0
    case 'truncated_body':
      sendTruncated(response, answer)
      return answer.status
    case 'huge_body':
      response.writeHead(200, { 'content-type': 'application/json' })
      // Ends only when the client or stop() closes the connection, which rejects.
      void pipeline(Readable.from(endlessJson()), response).catch(() => {})
      return 200
    case 'slow_body':
      sendSlowly(response, answer, fault.bytesPerSecond ?? 10)
      return answer.status
    default:
      return 0
  }
}

/** Sends a whole answer. */
export function sendAnswer(response: ServerResponse, { status, contentType, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

function sendTruncated(response: ServerResponse, { status, contentType, body }: Answer): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length })
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroySoon())
}

function* endlessJson(): Generator<string> {
  yield '{"request_id":"'
  const chunk = 'x'.repeat(65_536)
  for (;;) yield chunk
}

/** Sends an answer byte by byte, `bytesPerSecond` of its body, until it is complete or the connection closes. */
function sendSlowly(response: ServerResponse, answer: Answer, bytesPerSecond: number): void {
  const bytes = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': bytes.length,
    ...answer.headers,
  })
  response.flushHeaders()
  let sent = 0
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + 1))
    sent += 1
    if (sent >= bytes.length) response.end()
  }, 1000 / bytesPerSecond)
  response.once('finish', () => clearInterval(timer))
  response.once('close', () => clearInterval(timer))
}
