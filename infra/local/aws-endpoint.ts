import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import * as z from 'zod'
import { findRefusal } from './guard.ts'

/**
 * Starts an HTTP server on a free port of 127.0.0.1 that hands requests to `serve` once they carry the token and the interceptor lets them pass.
 * They are in the AWS JSON protocol, unless `read` reads another, and `refuse` writes it.
 * An error thrown by `serve` is answered as a 500 InternalFailure. `stop` breaks off the requests that are still open.
 */
export async function startAwsEndpoint(
  options: EndpointOptions & {
    service: AwsCall['service']
    read?: ReadRequest
    refuse?: (response: ServerResponse, status: number, type: string, message: string) => void
    serve: (request: AwsRequest) => unknown
  },
): Promise<AwsEndpoint> {
  const { service, read = readJson, refuse = refuseInJson } = options
  const open = new Set<AbortController>()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController()
    open.add(controller)
    response.on('close', () => {
      if (!response.writableFinished) controller.abort()
      open.delete(controller)
    })
    const refusal = findRefusal(request, options.token)
    if (refusal) return refuse(response, 403, 'InvalidClientTokenId', refusal)
    const received = await buffer(request)
    const asked = { service, caller: readCaller(request.headers), ...read(request, received.toString()) }
    const call = await applyInterceptor(options.intercept, asked, response)
    if (!call) return
    const body = call === asked ? received : Buffer.from(JSON.stringify(call.body))
    await options.serve({ call, request, response, body, signal: controller.signal })
  }

  // The SDK keeps connections open. If one timed out here, a request just being sent on it would fail.
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

/** `token`: the session token without which nobody is served; anybody is, unless given. `intercept` sees every request that is to be served. */
export type EndpointOptions = { token?: string | undefined; intercept?: Interceptor | undefined }

export type AwsRequest = {
  call: AwsCall
  request: IncomingMessage
  response: ServerResponse
  body: Buffer
  /** Aborted when the caller leaves before it is answered, or the endpoint stops. */
  signal: AbortSignal
}

export type AwsEndpoint = { endpoint: string; stop(): Promise<void> }

/** One request that a local AWS endpoint is about to serve. `caller` is the access key id it was signed with: a function's name. */
export type AwsCall = {
  service: 'sqs' | 'dynamodb' | 'secretsmanager' | 'eventbridge' | 'cloudformation' | 'lambda' | 'logs'
  action: string
  caller: string
  body: unknown
}

/**
 * What a local AWS endpoint does with a request: serve it (`pass`), close the connection without an answer, either without any
 * effect (`drop`) or after the effect (`drop_response`), answer with an AWS error, or take only the first entries of a
 * SendMessageBatch or BatchWriteItem (`partial`) and say so in the answer.
 */
export type Interception =
  | 'pass'
  | 'drop'
  | 'drop_response'
  | { status: number; errorType: string; message?: string }
  | { partial: number }

/** Decides about each request before it has an effect. The request waits for the decision. */
export type Interceptor = (call: AwsCall) => Promise<Interception>

/** Does what the interceptor decides about a call. Returns what is still to be served: the call, a part of it, or nothing. */
async function applyInterceptor(
  intercept: Interceptor | undefined,
  call: AwsCall,
  response: ServerResponse,
): Promise<AwsCall | undefined> {
  const decision = (await intercept?.(call)) ?? 'pass'
  if (decision === 'pass') return call
  if (decision === 'drop') {
    response.destroy()
    return undefined
  }
  if (decision === 'drop_response') {
    changeAnswer(response, () => undefined)
    return call
  }
  if ('partial' in decision) {
    const part = takePart(call, decision.partial)
    changeAnswer(response, part.amend)
    return part.call
  }
  const { status, errorType, message = `${errorType} made by the interceptor` } = decision
  answer(response, status, { __type: errorType, message })
  return undefined
}

const SendSchema = z.looseObject({ Entries: z.array(z.looseObject({ Id: z.string() })) })
const WriteSchema = z.looseObject({ RequestItems: z.record(z.string(), z.array(z.unknown())) })

/** The first entries of a batch request, and how the answer to them becomes an answer to the whole batch. */
type Part = { call: AwsCall; amend(answer: string): string }

/**
 * Cuts a SendMessageBatch, or each table of a BatchWriteItem, to its first `count` entries. The others are returned as
 * `Failed` or `UnprocessedItems`. Throws for any other request.
 */
function takePart(call: AwsCall, count: number): Part {
  if (call.action === 'SendMessageBatch') {
    const body = SendSchema.parse(call.body)
    const failed = body.Entries.slice(count).map(({ Id }) => ({
      ...{ Id, Code: 'ServiceUnavailable', Message: 'left out by the interceptor', SenderFault: false },
    }))
    return {
      call: { ...call, body: { ...body, Entries: body.Entries.slice(0, count) } },
      amend: (answer) =>
        JSON.stringify({ ...JSON.parse(answer), ...(failed.length > 0 && { Failed: failed }) }),
    }
  }
  if (call.action !== 'BatchWriteItem') throw new Error(`${call.action} has no entries to take a part of`)
  const body = WriteSchema.parse(call.body)
  const tables = Object.entries(body.RequestItems)
  const remaining = tables.flatMap(([table, items]) =>
    items.length > count ? [[table, items.slice(count)]] : [],
  )
  const RequestItems = Object.fromEntries(tables.map(([table, items]) => [table, items.slice(0, count)]))
  return {
    call: { ...call, body: { ...body, RequestItems } },
    amend: (answer) =>
      JSON.stringify({ ...JSON.parse(answer), UnprocessedItems: Object.fromEntries(remaining) }),
  }
}

/** Changes the body of an answer that is not written yet (in one `end`). Closes the connection instead when `change` returns undefined. */
function changeAnswer(response: ServerResponse, change: (body: string) => string | undefined): void {
  const end = response.end.bind(response)
  response.end = (body?: unknown) => {
    const changed = change(String(body))
    if (changed === undefined) return response.destroy()
    if (!response.headersSent)
      for (const name of ['content-length', 'x-amz-crc32']) response.removeHeader(name)
    return end(changed)
  }
}

type ReadRequest = (request: IncomingMessage, body: string) => Pick<AwsCall, 'action' | 'body'>

/** Reads the action and the body of an AWS JSON request. Throws a SyntaxError when the body is not JSON. */
function readJson({ headers }: IncomingMessage, body: string): ReturnType<ReadRequest> {
  const target = String(headers['x-amz-target'] ?? '')
  return { action: target.slice(target.lastIndexOf('.') + 1), body: body ? JSON.parse(body) : {} }
}

function readCaller({ authorization = '' }: IncomingHttpHeaders): string {
  return /Credential=([^/\s]+)\//.exec(authorization)?.[1] ?? ''
}

function refuseInJson(response: ServerResponse, status: number, type: string, message: string): void {
  answer(response, status, { __type: type, message }, { 'x-amzn-errortype': type })
}

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
