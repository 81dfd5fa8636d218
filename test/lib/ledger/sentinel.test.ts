import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import type { AwsCall } from '../../../infra/local/aws-endpoint.ts'
import { checkSentinel } from '../../../lib/ledger/sentinel.ts'
import { openTable } from '../../infra/local/open-table.ts'

const KEY = { person: { S: 'sentinel' }, kind: { S: 'sentinel' } }
const ONE = ['key one', 'project-live-1'] as const
const OTHER_KEY = ['key two', 'project-live-1'] as const
const OTHER_PROJECT = ['key one', 'project-live-2'] as const

/** A ledger, and how a stage that enforces, or a dry run, finds it. */
async function openLedger(intercept?: (call: AwsCall) => Promise<'pass'>) {
  const { client, connect } = await openTable('Ledger', 'person kind', intercept)
  const check = (keys: readonly [string, string], { begin = true, dynamoDB = client } = {}) =>
    checkSentinel({ dynamoDB, table: 'Ledger', begin }, ...keys)
  const stored = async () => {
    const command = new GetItemCommand({ TableName: 'Ledger', Key: KEY, ConsistentRead: true })
    return (await client.send(command)).Item
  }
  /** The row as versions without a project write it. */
  const makeOlder = async () => {
    const proof = (await stored())?.proof ?? { S: '' }
    await client.send(new PutItemCommand({ TableName: 'Ledger', Item: { ...KEY, proof } }))
  }
  return { check, connect, stored, makeOlder }
}

describe('the sentinel row', () => {
  it('detects another ledger key and another Stytch project, also in a dry run', async () => {
    const { check } = await openLedger()
    expect(await check(ONE)).toBe('same')
    for (const begin of [true, false]) {
      expect(await check(ONE, { begin })).toBe('same')
      expect(await check(OTHER_KEY, { begin })).toBe('other key')
      expect(await check(OTHER_PROJECT, { begin })).toBe('other project')
    }
  })

  it('is not written by a dry run', async () => {
    const { check, stored, makeOlder } = await openLedger()
    expect(await check(ONE, { begin: false })).toBe('same')
    expect(await stored()).toBeUndefined()
    await check(ONE)
    await makeOlder()
    expect(await check(OTHER_PROJECT, { begin: false })).toBe('same')
    expect(await stored()).not.toHaveProperty('projectProof')
  })

  it('of an older version is bound to the first project that comes, and only with its ledger key', async () => {
    const { check, stored, makeOlder } = await openLedger()
    await check(ONE)
    const written = await stored()
    await makeOlder()
    expect(await check(OTHER_KEY)).toBe('other key')
    expect(await stored()).not.toHaveProperty('projectProof')
    expect(await check(ONE)).toBe('same')
    expect(await stored()).toEqual(written)
    expect(await check(OTHER_PROJECT)).toBe('other project')
  })

  it.each(['a new ledger', 'a ledger of an older version'])(
    'is bound to one project when two come at the same moment: %s',
    async (which) => {
      let reads = 0
      let release = () => {}
      const bothHaveRead = new Promise<void>((resolve) => {
        release = resolve
      })
      let racing = false
      const { check, connect, makeOlder } = await openLedger(async ({ action }) => {
        if (racing && action === 'PutItem') await bothHaveRead
        if (racing && action === 'GetItem' && ++reads === 2) release()
        return 'pass'
      })
      if (which !== 'a new ledger') {
        await check(ONE)
        await makeOlder()
      }
      racing = true
      const ends = await Promise.all([
        check(ONE, { dynamoDB: connect() }),
        check(OTHER_PROJECT, { dynamoDB: connect() }),
      ])
      racing = false
      expect(ends.toSorted()).toEqual(['other project', 'same'])
      expect([await check(ONE), await check(OTHER_PROJECT)]).toEqual(ends)
    },
  )

  it('holds neither key nor project in clear', async () => {
    const { check, stored } = await openLedger()
    await check(ONE)
    expect(JSON.stringify(await stored())).not.toMatch(/key one|project-live/)
  })
})
