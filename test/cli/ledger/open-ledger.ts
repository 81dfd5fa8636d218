import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { onTestFinished } from 'vitest'
import { ledger as command } from '../../../cli/ledger.ts'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { createTable, startDynamoDb } from '../../../infra/local/dynamodb.ts'
import { startSecretsManager } from '../../../infra/local/secrets-manager.ts'
import { type Item, type Kind, keyOf } from '../../../lib/ledger/items.ts'
import { personKey } from '../../../lib/ledger/ledger.ts'
import { checkSentinel } from '../../../lib/ledger/sentinel.ts'
import { runCommand } from '../run-command.ts'
import { startFakeAws } from '../start-fake-aws.ts'

export const LEDGER_KEY = 'k'.repeat(64)
const PROJECT = 'project-test-1'

/**
 * A stack with a ledger that was started, its secrets, and a second table that is a copy of nothing yet; all ends with the test. `ledger`
 * runs the command there.
 */
export async function openLedger({ intercept }: { intercept?: Interceptor } = {}) {
  const { endpoint, stop } = await startDynamoDb(intercept ? { intercept } : {})
  const secrets = await startSecretsManager()
  const outputs = {
    LedgerTableName: 'Ledger',
    LedgerKeyArn: secrets.put('LedgerKey', LEDGER_KEY),
    StytchSecretArn: secrets.put('Stytch', JSON.stringify({ project_id: PROJECT, secret: 'secret' })),
  }
  const aws = await startFakeAws({
    stacks: { 'BreachReset-test': outputs },
    lines: [],
    denied: new Map(),
  })
  const credentials = { accessKeyId: 'tester', secretAccessKey: 'any' }
  const dynamoDB = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(async () => {
    dynamoDB.destroy()
    await Promise.all([stop(), secrets.stop(), aws.stop()])
  })
  for (const table of ['Ledger', 'Restored']) await createLedger(dynamoDB, table)
  const environment = {
    AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'any' },
  }
  return {
    ...{ dynamoDB, secrets, environment },
    ...openTables(dynamoDB),
    ledger: (args: readonly string[], input = '') =>
      runCommand(command, [...args, '--stage', 'test'], { environment, input }),
  }
}

/** What a test puts into the tables, and finds there. */
function openTables(dynamoDB: DynamoDBClient) {
  const put = async (TableName: string, Item: Item) =>
    void (await dynamoDB.send(new PutItemCommand({ TableName, Item })))
  return {
    put,
    begin: (table: string, key = LEDGER_KEY, project = PROJECT) =>
      checkSentinel({ dynamoDB, table, begin: true }, key, project),
    putRow: (table: string, address: string, kind: Kind, values: Item) =>
      put(table, { ...keyOf(personOf(address), kind), ...values }),
    async rowOf(address: string, kind: Kind, TableName = 'Ledger') {
      const command = new GetItemCommand({ TableName, Key: keyOf(personOf(address), kind) })
      const { person: _person, kind: _kind, ...values } = (await dynamoDB.send(command)).Item ?? {}
      return values
    },
    async rows(TableName = 'Ledger') {
      const { Items = [] } = await dynamoDB.send(new ScanCommand({ TableName }))
      return Items.map((item) => JSON.stringify(Object.entries(item).toSorted())).toSorted()
    },
  }
}

export function personOf(address: string): string {
  return personKey(LEDGER_KEY, PROJECT, address)
}

/** A moment, by minutes after a day began, as a row has it. */
export function at(minute: number) {
  return { N: String(Date.parse('2026-11-20T00:00:00Z') + minute * 60_000) }
}

export function resetOf(eventId: string, minute: number): Item {
  return {
    resetAt: at(minute),
    outcome: { S: 'reset' },
    source: { S: 'urn:example:feed' },
    eventId: { S: eventId },
  }
}

export function endOf(eventId: string, resetMinute: number): Item {
  const about = { source: { S: 'urn:example:feed' }, eventId: { S: eventId } }
  return { resetAt: at(resetMinute), endedAt: at(resetMinute + 1), ...about }
}

export function callAt(minute: number, code = 'timeout') {
  return { M: { calledAt: at(minute), code: { S: code } } }
}

/** Creates an empty table as the ledger's is. */
export async function createLedger(dynamoDB: DynamoDBClient, TableName: string): Promise<void> {
  const keys = [
    { AttributeName: 'person', KeyType: 'HASH' as const },
    { AttributeName: 'kind', KeyType: 'RANGE' as const },
  ]
  await createTable(dynamoDB, {
    ...{ TableName, KeySchema: keys, BillingMode: 'PAY_PER_REQUEST' },
    AttributeDefinitions: keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' })),
  })
}

export const environmentOf = (dynamoDB: DynamoDBClient) => ({
  ...{ dynamoDB, table: 'Ledger', random: Math.random },
  sleep: (ms: number) => sleep(ms),
})
