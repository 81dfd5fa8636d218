import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, it } from 'vitest'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { writeEnded } from '../../../lib/ledger/ended-sessions.ts'
import type { Item } from '../../../lib/ledger/items.ts'
import { writeResets } from '../../../lib/ledger/ledger.ts'
import { at, callAt, endOf, environmentOf, openLedger, personOf, resetOf } from './open-ledger.ts'

const [ADA, BOB, CLEO] = ['ada@customer.example', 'bob@customer.example', 'cleo@customer.example'] as const
const addressOf = (name: string) => `${name.replaceAll(' ', '-')}@customer.example`
const RESTORE = ['restore', '--from-table', 'Restored']
const GO = [...RESTORE, '--go']

/** A copy with a few rows of each kind; the ledger is empty, without its sentinel too. `people`: how many were reset. */
async function openEmptied(people = 3, intercept?: Interceptor) {
  const world = await openLedger(intercept && { intercept })
  await world.begin('Restored')
  await Promise.all(
    Array.from({ length: people }, async (_, index) => {
      const address = `p${index}@customer.example`
      await world.putRow('Restored', address, 'reset', {
        ...resetOf('harvest-1', index),
        uncertain: callAt(999),
      })
      if (index < 3) await world.putRow('Restored', address, 'sessions', endOf('harvest-1', index))
    }),
  )
  return world
}

describe('breach-reset ledger restore into a ledger that was emptied', () => {
  it('counts first and changes nothing, copies with --go, the sentinel too, and may be repeated', async () => {
    const { ledger, rows } = await openEmptied(101)
    const preview = await ledger(RESTORE)
    expect([preview.code, preview.stderr]).toEqual([0, ''])
    expect(preview.stdout).toMatch(/has none +101 +3$/m)
    expect(preview.stdout).toContain('The ledger has no sentinel row: it is copied first.')
    expect(preview.stdout).toMatch(/^Nothing was changed. Pause .* --go copies 104 rows.$/m)
    expect(await rows()).toEqual([])
    const copied = await ledger(GO)
    expect(copied).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Copied 104 rows.$/m) })
    expect(await rows()).toEqual(await rows('Restored'))
    const again = await ledger([...GO, '--json'])
    expect(JSON.parse(again.stdout)).toEqual({
      ...{ action: 'restore', sentinel: 'kept' },
      reset: { missing: 0, older: 0, kept: 101, ahead: 0 },
      sessions: { missing: 0, older: 0, kept: 3, ahead: 0 },
    })
  })

  it('copies the sentinel before any row', async () => {
    const written: string[] = []
    const { ledger } = await openEmptied(1, async ({ caller, action, body }) => {
      const { Item, Key } = body as { Item?: { kind: { S: string } }; Key?: { kind: { S: string } } }
      if (caller === 'operator' && /^(Put|Update)Item$/.test(action))
        written.push((Item ?? Key)?.kind.S ?? '')
      return 'pass'
    })
    await ledger(GO)
    expect(written).toEqual(['sentinel', 'reset', 'reset', 'sessions'])
  })

  it('goes on where it was interrupted', async () => {
    let writes = 0
    const { ledger, rows } = await openEmptied(30, async ({ caller, action }) =>
      caller === 'operator' && action === 'UpdateItem' && ++writes > 10
        ? { status: 400, errorType: 'AccessDeniedException', message: '' }
        : 'pass',
    )
    const stopped = await ledger(GO)
    expect(stopped).toMatchObject({
      code: 1,
      stderr: 'dynamodb:UpdateItem was denied: you need that permission\n',
    })
    expect((await rows()).length).toBeGreaterThan(5)
    writes = -1000
    expect((await ledger(GO)).code).toBe(0)
    expect(await rows()).toEqual(await rows('Restored'))
  })
})

/** A ledger and a copy of it, both started and without people. */
async function openBoth() {
  const world = await openLedger()
  for (const table of ['Ledger', 'Restored']) await world.begin(table)
  return world
}

const BOTH: [what: string, live: Item, copy: Item, restored: Item][] = [
  ['the newer reset stays', resetOf('new', 9), resetOf('old', 1), resetOf('new', 9)],
  ['the same reset stays', resetOf('one', 9), { ...resetOf('two', 9) }, resetOf('one', 9)],
  [
    'an older reset is replaced as a whole',
    { ...resetOf('old', 1), requestId: { S: 'request-1' } },
    resetOf('new', 9),
    resetOf('new', 9),
  ],
  [
    'a reset joins a noted call',
    { uncertain: callAt(5) },
    resetOf('one', 9),
    { ...resetOf('one', 9), uncertain: callAt(5) },
  ],
  [
    'a later call joins a reset',
    resetOf('one', 1),
    { uncertain: callAt(5) },
    { ...resetOf('one', 1), uncertain: callAt(5) },
  ],
  [
    'a call that a reset has answered stays out',
    resetOf('one', 9),
    { unusable: callAt(5) },
    resetOf('one', 9),
  ],
  [
    'the latest of two calls stays',
    { unusable: callAt(7) },
    { unusable: callAt(5, 'x') },
    { unusable: callAt(7) },
  ],
  [
    'an earlier call is replaced',
    { unusable: callAt(5, 'x') },
    { unusable: callAt(7) },
    { unusable: callAt(7) },
  ],
  [
    'each of two calls is compared with its own kind',
    { uncertain: callAt(8) },
    { uncertain: callAt(5, 'x'), unusable: callAt(6) },
    { uncertain: callAt(8), unusable: callAt(6) },
  ],
  [
    'a call that the reset of the same copy has answered stays out',
    resetOf('one', 1),
    { ...resetOf('two', 9), uncertain: callAt(5) },
    resetOf('two', 9),
  ],
]

describe('a row that the ledger has as well', () => {
  it('is replaced where the copy has something newer, and stays otherwise', async () => {
    const world = await openBoth()
    const put = async (table: string, rows: readonly (readonly [string, Item])[]) => {
      for (const [name, row] of rows) await world.putRow(table, addressOf(name), 'reset', row)
    }
    await put(
      'Ledger',
      BOTH.map(([name, live]) => [name, live] as const),
    )
    await put(
      'Restored',
      BOTH.map(([name, , copy]) => [name, copy] as const),
    )
    const before = await world.rows()
    const changed = BOTH.filter(([, live, , restored]) => JSON.stringify(live) !== JSON.stringify(restored))
    const compared = { missing: 0, older: changed.length, kept: BOTH.length - changed.length, ahead: 0 }
    expect(JSON.parse((await world.ledger([...RESTORE, '--json'])).stdout).reset).toEqual(compared)
    expect(await world.rows()).toEqual(before)
    expect(JSON.parse((await world.ledger([...GO, '--json'])).stdout).reset).toEqual(compared)
    for (const [name, , , restored] of BOTH)
      expect([name, await world.rowOf(addressOf(name), 'reset')]).toEqual([name, restored])
  })

  it('sessions that ended for a later reset stay, those for an earlier one are replaced', async () => {
    const world = await openBoth()
    await world.putRow('Ledger', ADA, 'sessions', endOf('new', 9))
    await world.putRow('Restored', ADA, 'sessions', endOf('old', 1))
    await world.putRow('Ledger', BOB, 'sessions', endOf('old', 1))
    await world.putRow('Restored', BOB, 'sessions', endOf('new', 9))
    await world.putRow('Restored', CLEO, 'sessions', endOf('old', 1))
    const { stdout } = await world.ledger([...GO, '--json'])
    expect(JSON.parse(stdout).sessions).toEqual({ missing: 1, older: 1, kept: 1, ahead: 0 })
    expect(await world.rowOf(ADA, 'sessions')).toEqual(endOf('new', 9))
    expect(await world.rowOf(BOB, 'sessions')).toEqual(endOf('new', 9))
    expect(await world.rowOf(CLEO, 'sessions')).toEqual(endOf('old', 1))
  })

  it('is left out if its time is still to come: no function would believe it, and who was reset would be reset again', async () => {
    const world = await openBoth()
    const ahead = { N: String(Date.now() + 3_600_000) }
    const later = { M: { ...callAt(1).M, calledAt: ahead } }
    await world.putRow('Ledger', ADA, 'reset', { ...resetOf('true', 9), unusable: callAt(10) })
    await world.putRow('Ledger', ADA, 'sessions', endOf('true', 9))
    await world.putRow('Restored', ADA, 'reset', { ...resetOf('ahead', 1), resetAt: ahead, unusable: later })
    await world.putRow('Restored', ADA, 'sessions', { ...endOf('ahead', 1), resetAt: ahead })
    await world.putRow('Restored', BOB, 'reset', { ...resetOf('one', 9), unusable: later })
    expect((await world.ledger(RESTORE)).stdout).toMatch(/^ +left out, its time is still to come +1 +1$/m)
    await world.ledger(GO)
    expect(await world.rowOf(ADA, 'reset')).toEqual({ ...resetOf('true', 9), unusable: callAt(10) })
    expect(await world.rowOf(ADA, 'sessions')).toEqual(endOf('true', 9))
    expect(await world.rowOf(BOB, 'reset')).toEqual(resetOf('one', 9))
  })

  it('stays when a function writes it after it was compared', async () => {
    const meanwhile = { run: async () => {} }
    const world = await openEmptied(1, async ({ caller, action }) => {
      if (caller === 'operator' && action === 'UpdateItem') await meanwhile.run()
      return 'pass'
    })
    const address = 'p0@customer.example'
    const [person, source, eventId] = [personOf(address), 'urn:example:feed', 'meanwhile']
    const [reset, end] = [Number(at(2000).N), Number(at(2001).N)]
    meanwhile.run = async () => {
      const environment = environmentOf(world.dynamoDB)
      await writeResets(environment, [{ person, source, eventId, at: reset, outcome: 'reset' }])
      await writeEnded(environment, [{ person, source, eventId, resetAt: reset, endedAt: end }])
    }
    const { stdout } = await world.ledger([...GO, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ reset: { kept: 1 }, sessions: { kept: 1 } })
    expect(await world.rowOf(address, 'reset')).toEqual(resetOf('meanwhile', 2000))
    expect(await world.rowOf(address, 'sessions')).toEqual(endOf('meanwhile', 2000))
  })
})

describe('breach-reset ledger restore copies nothing', () => {
  const expectRefusal = async (
    { ledger, rows }: Pick<Awaited<ReturnType<typeof openLedger>>, 'ledger' | 'rows'>,
    sentence: string,
    code = 1,
  ) => {
    const before = await rows()
    const result = await ledger(GO)
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(sentence) })
    expect(await rows()).toEqual(before)
  }

  it('from a table of another ledger key or another project', async () => {
    const world = await openEmptied()
    await world.begin('Ledger', 'another key')
    await expectRefusal(world, 'with another ledger key')
    const other = await openEmptied()
    await other.begin('Ledger', undefined, 'project-test-2')
    await expectRefusal(other, 'of another Stytch project')
  })

  it('from a table without a sentinel', async () => {
    const world = await openLedger()
    await world.putRow('Restored', ADA, 'reset', resetOf('one', 1))
    await expectRefusal(world, 'has no sentinel row')
  })

  it('when a function with another key starts the emptied ledger at the same moment', async () => {
    const meanwhile = { run: async () => {} }
    const world = await openEmptied(1, async ({ caller, action }) => {
      if (caller === 'operator' && action === 'PutItem') await meanwhile.run()
      return 'pass'
    })
    meanwhile.run = async () => void (await world.begin('Ledger', 'another key'))
    const { code, stderr } = await world.ledger(GO)
    expect([code, stderr]).toEqual([1, expect.stringContaining('with another ledger key')])
    expect(await world.rows()).toHaveLength(1)
  })

  it('from the ledger itself, or from a table that is not there', async () => {
    const world = await openLedger()
    const itself = await world.ledger(['restore', '--from-table', 'Ledger', '--go'])
    expect(itself).toMatchObject({ code: 2, stderr: expect.stringContaining('is the ledger itself') })
    await world.dynamoDB.send(new DeleteTableCommand({ TableName: 'Restored' }))
    const gone = await world.ledger(GO)
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such table') })
  })
})
