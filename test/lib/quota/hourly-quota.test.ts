import { ScanCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { addToHour, type ConsumeQuota, consumeQuota, type Quota } from '../../../lib/quota/hourly-quota.ts'
import { openTable } from '../../infra/local/open-table.ts'

const table = 'quota'

type Message = Parameters<ConsumeQuota>[0]

/** Starts DynamoDB with an empty quota table. `join` adds an environment that counts, with a client and a clock of its own. */
async function openQuota(intercept?: Interceptor) {
  const { client, connect } = await openTable(table, 'id', intercept)

  function join(now: () => number) {
    const environment = { dynamoDB: connect(), table, now, sleep: async () => {}, random: Math.random }
    return {
      addToHour: (name: string, members: number, maxPerHour: number) =>
        addToHour(environment, { name, maxPerHour }, members),
      consume: (message: Message, members: number, quotas: readonly Quota[]) =>
        consumeQuota(environment, message, quotas, members),
    }
  }

  const rows = async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? []
  return { join, rows }
}

const START = Date.parse('2026-11-20T12:00:30Z')
const MINUTE = 60_000
const at = (minutes: number) => () => START + minutes * MINUTE

describe('the hourly count', () => {
  it('has room for exactly the limit when many add one member each at once', async () => {
    const { join } = await openQuota()
    const environments = Array.from({ length: 4 }, () => join(at(0)))
    const fits = await Promise.all(
      Array.from({ length: 60 }, (_, n) => environments[n % 4]?.addToHour('urn:feed', 1, 20)),
    )
    expect(fits.filter(Boolean)).toHaveLength(20)
  })

  it('keeps to the limit when a minute ends while others add', async () => {
    const { join } = await openQuota()
    const environments = Array.from({ length: 4 }, (_, n) => join(at(n % 2)))
    for (const limit of [10, 35]) {
      await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) => environments[n % 4]?.addToHour('urn:feed', 1, limit)),
      )
      expect(await environments[1]?.addToHour('urn:feed', 1, limit)).toBe(false)
      expect(await environments[1]?.addToHour('urn:feed', 1, limit + 1)).toBe(true)
    }
  })

  it('gives back after an hour what a minute has used, and not before', async () => {
    const { join } = await openQuota()
    expect(await join(at(0)).addToHour('urn:feed', 60, 100)).toBe(true)
    expect(await join(at(10)).addToHour('urn:feed', 40, 100)).toBe(true)
    expect(await join(at(60)).addToHour('urn:feed', 1, 100)).toBe(false)
    expect(await join(at(62)).addToHour('urn:feed', 60, 100)).toBe(true)
    expect(await join(at(71)).addToHour('urn:feed', 1, 100)).toBe(false)
    expect(await join(at(72)).addToHour('urn:feed', 41, 100)).toBe(false)
    expect(await join(at(72)).addToHour('urn:feed', 40, 100)).toBe(true)
    expect(await join(at(1000)).addToHour('urn:feed', 100, 100)).toBe(true)
  })

  it('adds nothing of what does not fit', async () => {
    const { addToHour } = (await openQuota()).join(at(0))
    expect(await addToHour('urn:feed', 8, 10)).toBe(true)
    expect(await addToHour('urn:feed', 3, 10)).toBe(false)
    expect(await addToHour('urn:feed', 2, 10)).toBe(true)
    expect(await addToHour('urn:feed', 11, 10)).toBe(false)
  })

  it('counts each name by itself', async () => {
    const { addToHour } = (await openQuota()).join(at(0))
    expect(await addToHour('urn:feed', 10, 10)).toBe(true)
    expect(await addToHour('*', 10, 10)).toBe(true)
  })

  it('goes by the clock that is ahead', async () => {
    const { join } = await openQuota()
    expect(await join(at(5)).addToHour('urn:feed', 9, 10)).toBe(true)
    expect(await join(at(-55)).addToHour('urn:feed', 2, 10)).toBe(false)
    expect(await join(at(-55)).addToHour('urn:feed', 1, 10)).toBe(true)
    expect(await join(at(66)).addToHour('urn:feed', 1, 10)).toBe(false)
  })

  it('loses nothing that is added while another goes on to the next minute', async () => {
    let meanwhile = async () => {}
    const { join } = await openQuota(async ({ action }) => {
      if (action === 'PutItem') await meanwhile()
      return 'pass'
    })
    const [behind, ahead] = [join(at(0)), join(at(1))]
    expect(await behind.addToHour('urn:feed', 5, 10)).toBe(true)
    meanwhile = async () => {
      meanwhile = async () => {}
      expect(await behind.addToHour('urn:feed', 4, 10)).toBe(true)
    }
    expect(await ahead.addToHour('urn:feed', 1, 10)).toBe(true)
    expect(await ahead.addToHour('urn:feed', 1, 10)).toBe(false)
  })

  it('obeys a limit that was lowered since', async () => {
    const { addToHour } = (await openQuota()).join(at(0))
    expect(await addToHour('urn:feed', 10, 10)).toBe(true)
    expect(await addToHour('urn:feed', 1, 5)).toBe(false)
  })

  it('rejects when others change the row each time', async () => {
    const { join } = await openQuota(async ({ action }) =>
      action === 'UpdateItem' ? { status: 400, errorType: 'ConditionalCheckFailedException' } : 'pass',
    )
    await expect(join(at(0)).addToHour('urn:feed', 1, 10)).rejects.toThrow('8 times in a row')
  })

  it('has in no 60 minutes more than the limit, and refuses only what the last 63 have no room for', async () => {
    const { join } = await openQuota()
    let run = 0
    const events = fc.array(fc.tuple(fc.nat(70), fc.integer({ min: 1, max: 12 })), { maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(events, async (given) => {
        const name = `urn:feed-${run++}`
        const added: { moment: number; members: number }[] = []
        let moment = START
        const { addToHour } = join(() => moment)
        for (const [later, members] of given) {
          moment += later * MINUTE
          if (await addToHour(name, members, 12)) added.push({ moment, members })
          else
            expect(sumOf(added.filter((one) => one.moment > moment - 63 * MINUTE)) + members).toBeGreaterThan(
              12,
            )
        }
        for (const { moment: first } of added)
          expect(
            sumOf(added.filter((one) => one.moment >= first && one.moment < first + 60 * MINUTE)),
          ).toBeLessThanOrEqual(12)
      }),
      { numRuns: 15 },
    )
  })
})

const sumOf = (added: readonly { members: number }[]) => added.reduce((sum, { members }) => sum + members, 0)

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HALF_DAY = 12 * 60 * 60 * 1000

async function open(intercept?: Interceptor) {
  let now = NOW
  const { join, rows } = await openQuota(intercept)
  const { consume } = join(() => now)
  const quotas = [{ name: 'urn:feed', maxPerHour: 10 }]
  const count = async (id: string, receives: number, members = 6) =>
    (await consume({ id, receives }, members, quotas)) === undefined
  const wait = (ms: number) => {
    now += ms
  }
  return { count, rows, wait }
}

describe('counting the members of a message', () => {
  it('counts a message once, however often it is delivered', async () => {
    const { count, wait } = await open()
    expect(await count('a', 1)).toBe(true)
    expect(await count('a', 2)).toBe(true)
    wait(HALF_DAY)
    expect(await count('a', 3)).toBe(true)
    expect(await count('b', 1, 10)).toBe(true)
  })

  it('judges a message again that had no room', async () => {
    const { count, wait } = await open()
    expect(await count('a', 1)).toBe(true)
    expect(await count('b', 1)).toBe(false)
    expect(await count('b', 2)).toBe(false)
    wait(HALF_DAY)
    expect(await count('b', 3)).toBe(true)
  })

  it('counts a message again that was counted and could not be remembered', async () => {
    let isDown = true
    const { count } = await open(async ({ action, body }) =>
      isDown && action === 'PutItem' && JSON.stringify(body).includes('message a')
        ? { status: 500, errorType: 'InternalServerError' }
        : 'pass',
    )
    await expect(count('a', 1, 5)).rejects.toThrow()
    isDown = false
    expect(await count('a', 2, 5)).toBe(true)
    expect(await count('b', 1, 1)).toBe(false)
  })

  it.each(['UpdateItem', 'GetItem'])('rejects when DynamoDB does not answer %s', async (refused) => {
    const { count } = await open(async ({ action }) =>
      action === refused ? { status: 500, errorType: 'InternalServerError' } : 'pass',
    )
    await expect(count('a', 2)).rejects.toMatchObject({ name: 'InternalServerError' })
  })

  it('remembers a message as long as SQS can keep it, and nothing of what is in it', async () => {
    const { count, rows } = await open()
    await count('4711', 1)
    const expiresAt = { N: String(Date.parse('2026-12-04T12:00:00Z') / 1000) }
    expect(await rows()).toContainEqual({ id: { S: 'message 4711' }, expiresAt })
    expect((await rows()).map(({ id }) => id?.S).toSorted()).toEqual(['message 4711', 'urn:feed'])
  })
})
