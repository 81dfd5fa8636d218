import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EndedRow, readEnded, writeEnded } from '../../../lib/ledger/ended-sessions.ts'
import type { LedgerEnvironment } from '../../../lib/ledger/items.ts'
import { readRows, writeResets } from '../../../lib/ledger/ledger.ts'
import { startLedger } from './start-ledger.ts'

let server: Awaited<ReturnType<typeof startLedger>>
let ledger: LedgerEnvironment

beforeAll(async () => {
  server = await startLedger()
})
afterAll(() => server.stop())
beforeEach(async () => {
  ledger = await server.createTable()
})

const row = (person: string, resetAt = 1000): EndedRow => ({
  ...{ person, resetAt, endedAt: 2000, source: 'urn:feed', eventId: '1' },
})
const ended = (resetAt: number) => ({ resetAt, endedAt: 2000, source: 'urn:feed', eventId: '1' })
const reset = { person: 'ada', at: 1000, outcome: 'reset', source: 'urn:feed', eventId: '1' } as const

describe('the ledger of ended sessions', () => {
  it('finds whose sessions ended, when, for which reset and event, and nobody else', async () => {
    await writeEnded(ledger, [row('ada'), row('bob', 3000)])
    expect(await readEnded(ledger, ['ada', 'bob', 'cid'])).toEqual(
      new Map([
        ['ada', ended(1000)],
        ['bob', ended(3000)],
      ]),
    )
  })

  it('is beside the one of resets: neither hides, covers or replaces the other', async () => {
    await writeResets(ledger, [reset])
    expect(await readEnded(ledger, ['ada'])).toEqual(new Map())
    await writeEnded(ledger, [row('ada', 500), row('bob')])
    expect(await readRows(ledger, ['ada', 'bob'])).toEqual(
      new Map([['ada', expect.objectContaining({ resetAt: 1000 })]]),
    )
    await writeResets(ledger, [{ ...reset, at: 4000 }])
    expect(await readEnded(ledger, ['ada'])).toEqual(new Map([['ada', ended(500)]]))
  })

  it('keeps who, when and for which event, and no more', async () => {
    await writeEnded(ledger, [row('ada')])
    const { Items } = await server.dynamoDB.send(new ScanCommand({ TableName: ledger.table }))
    expect(Items).toEqual([
      {
        ...{ person: { S: 'ada' }, kind: { S: 'sessions' } },
        ...{ resetAt: { N: '1000' }, endedAt: { N: '2000' } },
        ...{ source: { S: 'urn:feed' }, eventId: { S: '1' } },
      },
    ])
  })

  it('has the latest row of a person', async () => {
    await writeEnded(ledger, [row('ada')])
    await writeEnded(ledger, [row('ada', 5000)])
    expect(await readEnded(ledger, ['ada'])).toEqual(new Map([['ada', ended(5000)]]))
  })

  it('is read consistently', async () => {
    await readEnded(ledger, ['ada'])
    expect(JSON.stringify(server.calls[0]?.body)).toContain('"ConsistentRead":true')
  })
})
