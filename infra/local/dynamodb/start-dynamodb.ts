import { Readable } from 'node:stream'
import dynalite from 'dynalite'
import { type AwsEndpoint, startAwsEndpoint, type Tap } from '../aws-endpoint.ts'

/** Starts DynamoDB (dynalite, in memory) on a free port of 127.0.0.1. Every request passes the tap first. */
export async function startDynamoDb({ tap }: { tap?: Tap } = {}): Promise<AwsEndpoint> {
  const database = dynalite({ createTableMs: 0 })
  return startAwsEndpoint({
    service: 'dynamodb',
    tap,
    serve({ request, response, body }) {
      // The tap has read the body, and dynalite wants to read it from a stream: so it is given a second one.
      const { method, url, headers } = request
      database.emit('request', Object.assign(Readable.from([body]), { method, url, headers }), response)
    },
  })
}
