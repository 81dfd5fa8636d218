import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** Answers a request to a local AWS endpoint in the AWS JSON protocol, as `status` with `body`. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    ...headers,
  })
  response.end(JSON.stringify(body))
}
