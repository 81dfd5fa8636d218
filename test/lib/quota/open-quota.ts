import { ScanCommand } from '@aws-sdk/client-dynamodb'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { createAddToHour, createCountMembers } from '../../../lib/quota/hourly-quota.ts'
import { openTable } from '../../infra/local/dynamodb/open-table.ts'

const table = 'quota'

/** Starts DynamoDB with an empty quota table; `join` makes the counting of one more environment, with a client and a clock of its own. */
export async function openQuota(intercept?: Interceptor) {
  const { client, connect } = await openTable(table, 'id', intercept)

  function join(now: () => number) {
    const quota = { dynamoDB: connect(), table, now }
    const addToHour = createAddToHour({ ...quota, sleep: async () => {}, random: Math.random })
    return { addToHour, countMembers: createCountMembers({ ...quota, addToHour }) }
  }

  const rows = async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? []
  return { join, rows }
}
