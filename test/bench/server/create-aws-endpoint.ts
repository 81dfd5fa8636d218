import { createServer, type Server } from 'node:https'
import { CREDENTIALS, LEDGER_KEY, LEDGER_KEY_SECRET, STYTCH_SECRET } from '../made-up.ts'
import { capacityUnits, type DynamoDbRequest } from './capacity-units.ts'
import type { Counts } from './counts.ts'
import type { Item } from './item-size.ts'

const SECRETS: Record<string, string> = {
  [STYTCH_SECRET]: JSON.stringify(CREDENTIALS),
  [LEDGER_KEY_SECRET]: LEDGER_KEY,
}

/**
 * A DynamoDB that knows nobody and takes every write at once, and a Secrets Manager with the two secrets, at little cost.
 * Of what is written it keeps the ledger's sentinel only. An action that no handler should need is a 400. It speaks https, as AWS
 * does: for http the AWS SDK would load another client.
 */
export function createAwsEndpoint(tls: { key: string; cert: string }, state: { counts: Counts }): Server {
  let sentinel: Item | undefined

  function answerDynamoDb(action: string, request: DynamoDbRequest): unknown {
    const { writeUnits, readUnits } = capacityUnits(action, request)
    state.counts.dynamoDbRequests++
    state.counts.writeUnits += writeUnits
    state.counts.readUnits += readUnits
    if (action === 'PutItem' && request.Item?.kind?.S === 'sentinel') sentinel = request.Item
    if (action === 'GetItem') return request.Key?.kind?.S === 'sentinel' && sentinel ? { Item: sentinel } : {}
    if (action === 'BatchGetItem') return { Responses: {}, UnprocessedKeys: {} }
    if (action === 'BatchWriteItem') return { UnprocessedItems: {} }
    return {}
  }

  return createServer({ ...tls, keepAliveTimeout: 0 }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const [service = '', action = ''] = String(request.headers['x-amz-target']).split('.')
      const answer = (status: number, value: unknown) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
          .end(JSON.stringify(value))
      if (service.startsWith('DynamoDB')) return answer(200, answerDynamoDb(action, JSON.parse(body)))
      if (action !== 'GetSecretValue') return answer(400, { __type: 'UnknownOperationException' })
      state.counts.secretReads++
      const { SecretId } = JSON.parse(body)
      return answer(200, { Name: SecretId, VersionId: 'one', SecretString: SECRETS[SecretId] })
    })
  })
}
