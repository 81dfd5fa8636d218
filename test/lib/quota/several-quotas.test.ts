import { type DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
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

type Command = { input: { UpdateExpression?: string } }
const isGivingBack = (command: Command) =>
  command instanceof UpdateItemCommand && Boolean(command.input.UpdateExpression?.includes(' - '))

/** A table, and what counts the members of a message in quotas. `send`: how requests are made, by the clock that `wait` moves on. */
async function open(
  send?: (real: (command: Command) => Promise<unknown>, command: Command) => Promise<unknown>,
) {
  const { client } = await openTable(table, 'id')
  let now = START
  const real = (command: Command) => client.send(command as ScanCommand)
  const dynamoDB = { send: (command: Command) => (send ? send(real, command) : real(command)) }
  const environment = {
    ...{ dynamoDB: dynamoDB as unknown as DynamoDBClient, table, now: () => now },
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

  it('is not counted in the second when the first has no room', async () => {
    const { consume, totals } = await open()
    expect(await consume('m', 11)).toBe(OF_A)
    expect(await totals()).toEqual({ 'source urn:a': 0 })
  })

  it('is given back to the first when the second has no room', async () => {
    const { consume, totals } = await open()
    await consume('m-1', 9)
    expect(await consume('m-2', 7, [OF_B, OF_ALL])).toBe(OF_ALL)
    expect(await totals()).toEqual({ 'source urn:a': 9, 'source urn:b': 0, 'stage all': 9 })
    expect(await consume('m-3', 10, [OF_B])).toBeUndefined()
  })

  it('is judged again when it is delivered again after it had no room', async () => {
    const { consume, totals, wait } = await open()
    await consume('m-1', 9)
    for (const receives of [1, 2]) expect(await consume('m-2', 7, [OF_B, OF_ALL], receives)).toBe(OF_ALL)
    expect(await totals()).toMatchObject({ 'source urn:b': 0 })
    wait(63 * MINUTE)
    expect(await consume('m-2', 7, [OF_B, OF_ALL], 3)).toBeUndefined()
  })

  it('is given back once, although the request is repeated because its answer was lost', async () => {
    const { consume, totals } = await open(async (real, command) => {
      if (isGivingBack(command)) await real(command)
      return real(command)
    })
    await consume('m-1', 9)
    await consume('m-2', 3, [OF_B])
    await consume('m-3', 4, [OF_B, OF_ALL])
    await consume('m-4', 4, [OF_B, OF_ALL])
    expect(await totals()).toEqual({ 'source urn:a': 9, 'source urn:b': 3, 'stage all': 9 })
  })

  it.each([
    ['can not be given back', () => Promise.reject(new Error('no DynamoDB'))],
    ['would be given back when its minute is over', undefined],
  ])('counts in the first when it %s: too much, never too little', async (_, fails) => {
    const opened = await open(async (real, command) => {
      if (!isGivingBack(command)) return real(command)
      if (fails) return fails()
      opened.wait(MINUTE)
      await opened.consume('m-3', 1, [OF_B])
      return real(command)
    })
    await opened.consume('m-1', 9)
    expect(await opened.consume('m-2', 7, [OF_B, OF_ALL])).toBe(OF_ALL)
    expect(await opened.totals()).toMatchObject({ 'source urn:b': fails ? 7 : 8 })
  })

  it('counts, of many at once, exactly what is admitted', async () => {
    const { consume, totals } = await open()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 12 }),
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
          expect([counted[a], counted[all]]).toEqual([admitted, admitted])
          expect(admitted).toBeLessThanOrEqual(10)
        },
      ),
      { numRuns: 15 },
    )
  })
})
