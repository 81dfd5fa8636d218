import { Readable } from 'node:stream'
import {
  CreateTableCommand,
  type CreateTableInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { type AwsEndpoint, type EndpointOptions, startAwsEndpoint } from './aws-endpoint.ts'

/** Starts DynamoDB (dynalite, in memory) on a free port of 127.0.0.1. Every request passes the interceptor first. */
export async function startDynamoDb(options: EndpointOptions = {}): Promise<AwsEndpoint> {
  const database = dynalite({ createTableMs: 0 })
  return startAwsEndpoint({
    service: 'dynamodb',
    ...options,
    serve({ request: { method, url, headers }, response, body }) {
      // The body has already been read for the interceptor, and dynalite expects a stream: it gets a second one.
      database.emit('request', Object.assign(Readable.from([body]), { method, url, headers }), response)
    },
  })
}

const LOOK_EVERY_SECONDS = 0.01

/** Creates a table and waits until it can be used. Until then there is nothing of that name, here as at AWS. */
export async function createTable(client: DynamoDBClient, input: CreateTableInput): Promise<void> {
  await client.send(new CreateTableCommand(input))
  const [minDelay, maxDelay] = [LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS]
  await waitUntilTableExists({ client, minDelay, maxDelay, maxWaitTime: 10 }, { TableName: input.TableName })
}
