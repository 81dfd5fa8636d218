import { createHmac } from 'node:crypto'
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { isWritten } from '../flow/aws-client.ts'
import { toTexts } from './items.ts'

const KEY = { person: { S: 'sentinel' }, kind: { S: 'sentinel' } }

/** What a ledger was started with, as HMACs under the ledger key. A ledger of an older version names no project. */
type Sentinel = { proof: string; projectProof: string | undefined }

type Table = { dynamoDB: DynamoDBClient; table: string }

type Comparison = 'same' | 'other key' | 'other project'

/** Whether a ledger was started with a ledger key and with a Stytch project. */
export type CheckSentinel = (ledgerKey: string, projectId: string) => Promise<Comparison>

/**
 * Compares key and project with those that this ledger was started with. With another key, or at another project, nobody would be
 * found covered, and everybody would be reset again. A ledger without a sentinel row is started, and one of an older version, which
 * names no project, is bound to this one, unless `begin` is false: the first to write decides.
 */
export async function checkSentinel(
  { begin, ...ledger }: Table & { begin: boolean },
  ...[ledgerKey, projectId]: Parameters<CheckSentinel>
): ReturnType<CheckSentinel> {
  const ours = toSentinel(ledgerKey, projectId)
  const found = await readSentinel(ledger)
  const isOpen = !found || (found.proof === ours.proof && found.projectProof === undefined)
  const stored = isOpen && begin ? await beginLedger(ledger, ours) : found
  return stored ? compareSentinels(stored, ours) : 'same'
}

/** The sentinel of a ledger with this key, at this project. */
export function toSentinel(ledgerKey: string, projectId: string): Sentinel {
  const hmac = (text: string) => createHmac('sha256', ledgerKey).update(text).digest('hex')
  return {
    proof: hmac('breach-reset ledger sentinel'),
    projectProof: hmac(`breach-reset ledger project\n${projectId}`),
  }
}

/** How the ledger of `stored` differs from that of `other`. One that names no project does not differ in it. */
export function compareSentinels(stored: Sentinel, other: Sentinel): Comparison {
  if (stored.proof !== other.proof) return 'other key'
  const projects = new Set([stored, other].flatMap(({ projectProof }) => projectProof ?? []))
  return projects.size > 1 ? 'other project' : 'same'
}

/** Reads the sentinel of a ledger, consistently; undefined if it was never started, or has been emptied. */
export async function readSentinel({ dynamoDB, table }: Table): Promise<Sentinel | undefined> {
  const command = new GetItemCommand({ TableName: table, Key: KEY, ConsistentRead: true })
  const { Item } = await dynamoDB.send(command)
  return Item && { proof: Item.proof?.S ?? '', projectProof: Item.projectProof?.S }
}

/** Gives a ledger its sentinel, or its project, if it has none. Resolves to the one that it has then: the first to write decides. */
export async function beginLedger({ dynamoDB, table }: Table, sentinel: Sentinel): Promise<Sentinel> {
  const command = new PutItemCommand({
    TableName: table,
    Item: { ...KEY, ...toTexts(sentinel) },
    ConditionExpression:
      'attribute_not_exists(person) OR (proof = :proof AND attribute_not_exists(projectProof))',
    ExpressionAttributeValues: { ':proof': { S: sentinel.proof } },
  })
  if (await isWritten(dynamoDB.send(command))) return sentinel
  return (await readSentinel({ dynamoDB, table })) ?? sentinel
}
