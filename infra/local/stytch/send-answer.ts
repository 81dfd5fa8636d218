import type { ServerResponse } from 'node:http'
import type { Answer } from './json-answer.ts'

/** Sends a whole answer. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    ...answer.headers,
  })
  response.end(answer.body)
}
