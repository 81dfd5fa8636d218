import type { ServerResponse } from 'node:http'
import type { Answer } from '../json-answer.ts'

/** Sends an answer drop by drop, `bytesPerSecond` of its body, until it is whole or the connection closes. */
export function sendSlowly(response: ServerResponse, answer: Answer, bytesPerSecond: number): void {
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
