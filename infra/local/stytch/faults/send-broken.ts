import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Answer } from '../json-answer.ts'
import type { RequestFault } from './fault-rule.ts'
import { sendSlowly } from './send-slowly.ts'

/** Breaks the sending of `answer` as the fault says. Returns the status line that went out, 0 for none. */
export function sendBroken(response: ServerResponse, fault: RequestFault, answer: Answer): number {
  switch (fault.kind) {
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
