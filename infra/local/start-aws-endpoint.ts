import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { answer } from './answer.ts'
import { applyTap } from './apply-tap.ts'
import { readCall } from './read-call.ts'
import type { AwsCall, Tap } from './tap.ts'

export type AwsRequest = {
  call: AwsCall
  request: IncomingMessage
  response: ServerResponse
  body: Buffer
  /** Aborted when the caller has gone before its answer, or the endpoint stops. */
  signal: AbortSignal
}

export type AwsEndpoint = { endpoint: string; stop(): Promise<void> }

/**
 * Starts an HTTP server on a free port of 127.0.0.1 that hands AWS JSON requests to `serve` once the tap lets them pass.
 * What `serve` throws is answered as a 500 InternalFailure. `stop` breaks off the requests that are still open.
 */
export async function startAwsEndpoint(options: {
  service: AwsCall['service']
  tap?: Tap | undefined
  serve: (request: AwsRequest) => unknown
}): Promise<AwsEndpoint> {
  const open = new Set<AbortController>()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController()
    open.add(controller)
    response.on('close', () => {
      if (!response.writableFinished) controller.abort()
      open.delete(controller)
    })
    const received = await buffer(request)
    const asked = readCall(options.service, request.headers, received)
    const call = await applyTap(options.tap, asked, response)
    if (!call) return
    const body = call === asked ? received : Buffer.from(JSON.stringify(call.body))
    await options.serve({ call, request, response, body, signal: controller.signal })
  }

  // The SDK keeps connections open: one that timed out here would reset the request that is just being sent on it.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      const __type = error instanceof SyntaxError ? 'SerializationException' : 'InternalFailure'
      const status = error instanceof SyntaxError ? 400 : 500
      if (!response.destroyed && !response.headersSent)
        answer(response, status, { __type, message: String(error) })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close')
      for (const controller of open) controller.abort()
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
