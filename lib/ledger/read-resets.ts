import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'

const TRIES = 5

export type ReadResets = (people: readonly string[]) => Promise<Map<string, number>>

/**
 * Reads when each of at most 100 people was last reset (ms since the epoch; absent: never), consistently.
 * Throws when DynamoDB leaves keys unprocessed after five tries: half an answer must not pass for "never reset".
 */
export function createReadResets(deps: {
  dynamoDB: DynamoDBClient
  table: string
  sleep: (ms: number) => Promise<void>
  random: () => number
}): ReadResets {
  const { dynamoDB, table, sleep, random } = deps
  return async (people) => {
    const resets = new Map<string, number>()
    const keys = [...new Set(people)].map((person) => ({ person: { S: person }, kind: { S: 'reset' } }))
    let request: BatchGetItemCommandInput['RequestItems'] = {
      [table]: { ConsistentRead: true, ProjectionExpression: 'person, resetAt', Keys: keys },
    }
    for (let attempt = 1; ; attempt++) {
      const answer: BatchGetItemCommandOutput = await dynamoDB.send(
        new BatchGetItemCommand({ RequestItems: request }),
      )
      for (const { person, resetAt } of answer.Responses?.[table] ?? []) {
        if (person?.S && resetAt?.N) resets.set(person.S, Number(resetAt.N))
      }
      if (!answer.UnprocessedKeys?.[table]) return resets
      if (attempt === TRIES) throw new Error('DynamoDB left ledger keys unread')
      request = answer.UnprocessedKeys
      await sleep(50 * 2 ** attempt * random())
    }
  }
}
