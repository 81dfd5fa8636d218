import { type DynamoDBClient, GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consumeQuota } from '../../../lib/quota/hourly-quota.ts'
import { openTable } from '../../infra/local/open-table.ts'

const table = 'quota'
const START = Date.parse('2026-11-20T12:00:30Z')
const MINUTE = 60_000
const OF_A = { name: 'source urn:a', maxPerHour: 10 }
const OF_B = { name: 'source urn:b', maxPerHour: 10 }
const OF_ALL = { name: 'stage all', maxPerHour: 12 }

type Command = { input: object }

/** A table, and what counts the members of a message in quotas. `before` is called with each request, before it is made. */
async function open(before: (command: Command) => Promise<unknown> = async () => {}) {
  const { client } = await openTable(table, 'id')
  let now = START
  const send = async (command: Command) => {
    await before(command)
    return client.send(command as ScanCommand)
  }
  const environment = {
    ...{ dynamoDB: { send } as unknown as DynamoDBClient, table, now: () => now },
    ...{ sleep: async () => {}, random: Math.random },
  }
  const totals = async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table }))
    const counted = Items.filter(({ total }) => total).map(({ id, total }) => [id?.S, Number(total?.N)])
    return Object.fromEntries(counted)
  }
  return {
    totals,
    consume: (id: string, members: number, quotas = [OF_A, OF_ALL], receives = 1) =>
      consumeQuota(environment, { id, receives }, quotas, members),
    wait: (ms: number) => {
      now += ms
    },
  }
}

describe('a message that is counted in two quotas', () => {
  it('is counted in both, and once, however often it is delivered', async () => {
    const { consume, totals } = await open()
    for (const receives of [1, 2, 3]) expect(await consume('m', 6, [OF_A, OF_ALL], receives)).toBeUndefined()
    expect(await totals()).toEqual({ 'source urn:a': 6, 'stage all': 6 })
  })

  it('names the first that has no room', async () => {
    const { consume } = await open()
    expect(await consume('m', 13)).toBe(OF_A)
    expect(await consume('m', 13, [OF_ALL, OF_A])).toBe(OF_ALL)
  })

  it('is counted in none, and only read for, when one has no room: a flood of refusals costs no writes', async () => {
    const requests: Command[] = []
    const { consume, totals } = await open(async (command) => requests.push(command))
    await consume('m-1', 9)
    requests.length = 0
    expect(await consume('m-2', 7, [OF_B, OF_ALL])).toBe(OF_ALL)
    expect(await consume('m-3', 2)).toBe(OF_A)
    expect(requests.every((command) => command instanceof GetItemCommand)).toBe(true)
    expect(await totals()).toEqual({ 'source urn:a': 9, 'stage all': 9 })
    expect(await consume('m-4', 10, [OF_B])).toBeUndefined()
  })

  it('is judged again when it is delivered again after it had no room', async () => {
    const { consume, wait } = await open()
    await consume('m-1', 9)
    for (const receives of [1, 2]) expect(await consume('m-2', 7, [OF_B, OF_ALL], receives)).toBe(OF_ALL)
    wait(63 * MINUTE)
    expect(await consume('m-2', 7, [OF_B, OF_ALL], 3)).toBeUndefined()
  })

  it('counts too much in the first, never too little, when another takes the room of the second meanwhile', async () => {
    let meanwhile: (() => Promise<unknown>) | undefined
    const { consume, totals } = await open(async (command) => {
      const once = command instanceof UpdateItemCommand ? meanwhile : undefined
      if (once) meanwhile = undefined
      await once?.()
    })
    meanwhile = () => consume('m-1', 9)
    expect(await consume('m-2', 7, [OF_B, OF_ALL])).toBe(OF_ALL)
    expect(await totals()).toEqual({ 'source urn:a': 9, 'source urn:b': 7, 'stage all': 9 })
  })

  it('counts, of many at once, exactly what is admitted in the last, and no less in the first', async () => {
    const { consume, totals } = await open()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 8 }),
        async (many) => {
          const run = Math.random()
          const [a, all] = [`source urn:${run}`, `stage ${run}`]
          const quotas = [
            { name: a, maxPerHour: 20 },
            { name: all, maxPerHour: 10 },
          ]
          const full = await Promise.all(many.map((members, at) => consume(`${run} ${at}`, members, quotas)))
          const admitted = many.filter((_, at) => full[at] === undefined).reduce((sum, one) => sum + one, 0)
          const counted = await totals()
          expect(counted[all]).toBe(admitted)
          expect(counted[a]).toBeGreaterThanOrEqual(admitted)
          expect(admitted).toBeLessThanOrEqual(10)
        },
      ),
      { numRuns: 5 },
    )
  })
})
