import { createHmac } from 'node:crypto'
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { isWritten } from '../flow/is-written.ts'

const KEY = { person: { S: 'sentinel' }, kind: { S: 'sentinel' } }

/**
 * Compares the ledger key with the one this ledger was begun with. With another key nobody would be found covered,
 * and everybody would be reset again. When the ledger has no sentinel row yet, `begin` says whether to leave one behind.
 */
export async function checkSentinel(
  { dynamoDB, table, begin }: { dynamoDB: DynamoDBClient; table: string; begin: boolean },
  ledgerKey: string,
): Promise<'same key' | 'other key'> {
  const proof = createHmac('sha256', ledgerKey).update('breach-reset ledger sentinel').digest('hex')
  const read = async () => {
    const command = new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true })
    return (await dynamoDB.send(command)).Item?.proof?.S
  }
  const write = async () => {
    const command = new PutItemCommand({
      TableName: table,
      Item: { ...KEY, proof: { S: proof } },
      ConditionExpression: 'attribute_not_exists(person)',
    })
    return (await isWritten(dynamoDB.send(command))) ? proof : read()
  }
  const stored = (await read()) ?? (begin ? await write() : proof)
  return stored === proof ? 'same key' : 'other key'
}
