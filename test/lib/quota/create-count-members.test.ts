import { describe, expect, it } from 'vitest'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { openQuota } from './open-quota.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HALF_DAY = 12 * 60 * 60 * 1000
const quota = { name: 'urn:feed', maxPerHour: 10 }

async function open(intercept?: Interceptor) {
  let now = NOW
  const { join, rows } = await openQuota(intercept)
  const { countMembers } = join(() => now)
  const count = (id: string, receives: number, members = 6) => countMembers({ id, receives }, quota, members)
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

  it('judges a message anew that had no room', async () => {
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
    expect((await rows()).map(({ id }) => id?.S).toSorted()).toEqual(['message 4711', 'source urn:feed'])
  })
})
