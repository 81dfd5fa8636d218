import type http from 'node:http'
import type { Answer } from './answer.ts'

const LARGEST_BODY_BYTES = 1_048_576

/** Reads the body to its end, or up to 1 MiB. Never rejects: what breaks off is an answer whose body is undefined. */
export async function readAnswer(response: http.IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  let complete = true
  try {
    for await (const chunk of response) {
      bytes += chunk.length
      if (bytes > LARGEST_BODY_BYTES) throw new RangeError('answer too large')
      chunks.push(chunk)
    }
  } catch {
    complete = false
    response.destroy()
  }
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    body: complete ? Buffer.concat(chunks).toString() : undefined,
    retryAfter: response.headers['retry-after'],
  }
}
