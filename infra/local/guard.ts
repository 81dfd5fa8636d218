import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const TOKEN_HEADER = 'x-amz-security-token'

/**
 * Why a server on 127.0.0.1 refuses a request before it reads the body, in a sentence; undefined lets it in. `token`: what the request must
 * carry as AWS's session token. A page in a browser can send requests to 127.0.0.1, and read the answers by a host name of its own (DNS
 * rebinding), but neither choose the host nor know the token.
 */
export function findRefusal(request: IncomingMessage, token: string | undefined): string | undefined {
  if (!namesThisMachine(request))
    return `this is a local run: only requests to 127.0.0.1:${request.socket.localPort} are served`
  if (token !== undefined && !isSame(String(request.headers[TOKEN_HEADER] ?? ''), token))
    return 'this is a local run, whose session token the request does not carry: set the AWS_* variables that it printed'
  return undefined
}

/** Whether a request names its server as 127.0.0.1 or localhost, with the port. */
export function namesThisMachine({ headers, socket }: IncomingMessage): boolean {
  const { host = '' } = headers
  return [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`].includes(host.toLowerCase())
}

/** Compares two secrets in a time that depends on neither. */
export function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(expected))
}
