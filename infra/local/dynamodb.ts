import { Readable } from 'node:stream'
import dynalite from 'dynalite'
import { type AwsEndpoint, type Interceptor, startAwsEndpoint } from './aws-endpoint.ts'

/** Starts DynamoDB (dynalite, in memory) on a free port of 127.0.0.1. Every request passes the interceptor first. */
export async function startDynamoDb({ intercept }: { intercept?: Interceptor } = {}): Promise<AwsEndpoint> {
  const database = dynalite({ createTableMs: 0 })
  return startAwsEndpoint({
    service: 'dynamodb',
    intercept,
    serve({ request, response, body }) {
      // The body has already been read for the interceptor, and dynalite expects a stream: it gets a second one.
      const { method, url, headers } = request
      database.emit('request', Object.assign(Readable.from([body]), { method, url, headers }), response)
    },
  })
}
