import type http from 'node:http'
import type { Answer } from './answer.ts'

const LARGEST_BODY_BYTES = 1_048_576

/** Reads the body to its end, or up to 1 MiB. Never rejects: what breaks off is an answer whose body is undefined. */
export function readAnswer(response: http.IncomingMessage): Promise<Answer> {
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
      if (bytes <= LARGEST_BODY_BYTES) return
      answer(undefined)
      response.destroy()
    })
    response.once('end', () => answer(Buffer.concat(chunks).toString()))
    response.once('error', () => {})
    response.once('close', () => answer(undefined))
  })
}
