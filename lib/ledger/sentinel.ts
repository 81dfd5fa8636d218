import { createHmac } from 'node:crypto'
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { isWritten } from '../flow/aws-client.ts'

const KEY = { person: { S: 'sentinel' }, kind: { S: 'sentinel' } }

/** Whether a ledger was started with a ledger key and with a Stytch project. */
export type CheckSentinel = (
  ledgerKey: string,
  projectId: string,
) => Promise<'same' | 'other key' | 'other project'>

/**
 * Compares key and project with those that this ledger was started with. With another key, or at another project, nobody would be
 * found covered, and everybody would be reset again. A ledger without a sentinel row is started, and one of an older version, which
 * names no project, is bound to this one, unless `begin` is false: the first to write decides.
 */
export async function checkSentinel(
  { dynamoDB, table, begin }: { dynamoDB: DynamoDBClient; table: string; begin: boolean },
  ...[ledgerKey, projectId]: Parameters<CheckSentinel>
): ReturnType<CheckSentinel> {
  const hmac = (text: string) => createHmac('sha256', ledgerKey).update(text).digest('hex')
  const ours = {
    proof: hmac('breach-reset ledger sentinel'),
    projectProof: hmac(`breach-reset ledger project\n${projectId}`),
  }
  const read = async () => {
    const command = new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true })
    const { Item } = await dynamoDB.send(command)
    return { proof: Item?.proof?.S, projectProof: Item?.projectProof?.S }
  }
  const write = async () => {
    const command = new PutItemCommand({
      TableName: table,
      Item: { ...KEY, proof: { S: ours.proof }, projectProof: { S: ours.projectProof } },
      ConditionExpression:
        'attribute_not_exists(person) OR (proof = :proof AND attribute_not_exists(projectProof))',
      ExpressionAttributeValues: { ':proof': { S: ours.proof } },
    })
    return (await isWritten(dynamoDB.send(command))) ? ours : read()
  }
  const isOpen = ({ proof = ours.proof, projectProof }: Awaited<ReturnType<typeof read>>) =>
    proof === ours.proof && projectProof === undefined
  const found = await read()
  const stored = isOpen(found) ? (begin ? await write() : ours) : found
  if (stored.proof !== ours.proof) return 'other key'
  return stored.projectProof === ours.projectProof ? 'same' : 'other project'
}
