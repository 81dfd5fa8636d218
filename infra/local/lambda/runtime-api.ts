import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'
import { findRefusal } from '../guard.ts'

/** Serves the Lambda runtime API (2018-06-01) to one environment, which sends `token`. Resolves to its `host:port` once it listens. */
export async function startRuntimeApi(
  source: InvocationSource,
  token: string,
): Promise<{ address: string; stop(): Promise<void> }> {
  // By default Node closes quiet connections, and an environment may be quiet for any time, idle or busy.
  const patient = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 0 }
  const server = createServer(patient, (request, response) => {
    const refusal = findRefusal(request, token)
    if (refusal) response.writeHead(403).end(JSON.stringify({ errorMessage: refusal }))
    else serve(source, request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

export type Invocation = { requestId: string; event: unknown; deadline: number; functionArn: string }

/** `unanswered` leaves the runtime client waiting: its environment is about to be killed. */
export type Reception = 'accepted' | 'unknown' | 'unanswered'

/** The service's side of the runtime API, for one execution environment. */
type InvocationSource = {
  /** The runtime client is ready for its next invocation, and waits for it. */
  next(): Promise<Invocation>
  initFailed(error: FunctionError): Reception
  answered(requestId: string, payload: unknown): Promise<Reception>
  failed(requestId: string, error: FunctionError): Reception
}

/** What the runtime client posts for an error. The `name` and `message` of what was thrown may be anything. */
const FunctionErrorSchema = z
  .object({ errorType: z.string().catch('Unhandled'), errorMessage: z.string().catch('') })
  .catch({ errorType: 'Unhandled', errorMessage: '' })

export type FunctionError = z.infer<typeof FunctionErrorSchema>

async function serve(
  source: InvocationSource,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.replace('/2018-06-01/runtime', '') ?? ''
  if (path === '/invocation/next') return sendInvocation(response, await source.next())
  const body = await readBody(request)
  if (body === undefined) return
  const reception = await receive(source, path, body)
  if (reception === 'unanswered') return
  response.writeHead(reception === 'accepted' ? 202 : 400, { 'Content-Type': 'application/json' })
  response.end(
    JSON.stringify(reception === 'accepted' ? { status: 'OK' } : { errorType: 'InvalidRequestID' }),
  )
}

async function receive(source: InvocationSource, path: string, body: string): Promise<Reception> {
  if (path === '/init/error') return source.initFailed(FunctionErrorSchema.parse(parse(body)))
  const [, requestId = '', outcome] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? []
  if (outcome === 'response') return source.answered(requestId, parse(body))
  if (outcome === 'error') return source.failed(requestId, FunctionErrorSchema.parse(parse(body)))
  return 'unknown'
}

function sendInvocation(response: ServerResponse, invocation: Invocation): void {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex')
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': invocation.deadline,
    'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
    'Lambda-Runtime-Trace-Id': `Root=1-${hex(4)}-${hex(12)};Parent=${hex(8)};Sampled=0`,
  })
  response.end(JSON.stringify(invocation.event))
}

/** Resolves to undefined when the environment died while it was sending. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  } catch {
    return undefined
  }
}

/** What is not JSON stays text: a streaming handler may send anything. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
