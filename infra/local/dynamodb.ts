import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import dynalite from 'dynalite'
import { type AwsEndpoint, type EndpointOptions, startAwsEndpoint } from './aws-endpoint.ts'

/**
 * Starts DynamoDB (dynalite, in memory) on a free port of 127.0.0.1. Every request passes the interceptor first. A table can be used as soon as
 * CreateTable is answered.
 */
export async function startDynamoDb(options: EndpointOptions = {}): Promise<AwsEndpoint> {
  const database = dynalite({ createTableMs: 0 })
  return startAwsEndpoint({
    service: 'dynamodb',
    ...options,
    serve({ call, request, response, body }) {
      if (call.action === 'CreateTable') answerWhenActive(database, request, response, call.body)
      pass(database, request, body, response)
    },
  })
}

/** The body has already been read for the interceptor, and dynalite expects a stream: it gets a second one. */
function pass(
  database: Server,
  { method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Buffer,
  response: ServerResponse,
): void {
  database.emit('request', Object.assign(Readable.from([body]), { method, url, headers }), response)
}

/** Holds the answer back until the new table is active, up to which dynalite finds nothing of that name. */
function answerWhenActive(
  database: Server,
  request: IncomingMessage,
  response: ServerResponse,
  created: unknown,
): void {
  const { TableName } = created as { TableName?: unknown }
  const headers = { ...request.headers, 'x-amz-target': 'DynamoDB_20120810.DescribeTable' }
  const asked = { method: request.method, url: request.url, headers }
  const isActive = () =>
    new Promise<boolean>((resolve) => {
      const end = (answer: string) => resolve(answer.includes('"TableStatus":"ACTIVE"'))
      const described = Object.assign(new ServerResponse(request), { end })
      pass(database, asked, Buffer.from(JSON.stringify({ TableName })), described as ServerResponse)
    })
  const end = response.end.bind(response)
  const endWhenActive = async (answer: unknown) => {
    while (response.statusCode === 200 && !(await isActive())) await setImmediate()
    end(answer)
  }
  response.end = (answer?: unknown) => {
    void endWhenActive(answer)
    return response
  }
}
