import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootSweptSystem, type SweptSystem } from './boot-swept-system.ts'
import { createSinks } from './create-sinks.ts'
import { declaredMessages } from './declared-messages.ts'
import { documentedCodes } from './documented-codes.ts'
import { findLeaks } from './find-leaks.ts'
import { missedLeaks } from './missed-leaks.ts'
import { type Planted, plantedWith } from './planted.ts'
import { SECRETS } from './secrets.ts'
import { sweepLocalSystem } from './sweep-local-system.ts'
import { toldIn } from './told-in.ts'

/** What nothing on the local parts brings about for certain; the sweep in process does. */
const NOT_HERE = [
  'unsendable', // SQS takes what fan-out sends
  'out_of_time', // needs hundreds of members
  'ledger_key_invalid', // the local system generates a good one
  'email_not_found', // with ids in the event
]

const sinks = createSinks('functions', ['request to Stytch'])
let swept: SweptSystem
let planted: readonly Planted[]

beforeAll(async () => {
  swept = await bootSweptSystem(sinks)
  planted = plantedWith(swept.system.credentials, { ...SECRETS, ledgerKey: swept.system.ledger.key })
  await sweepLocalSystem(swept, sinks)
  await swept.feedStores()
}, 240_000)
afterAll(() => swept?.system.stop())

describe('planted e-mails and secrets, through the local system', () => {
  it('come out nowhere but where they may', () => {
    expect(findLeaks(sinks, planted)).toEqual([])
  })

  it('would be found in what came out, in each place and each encoding', () => {
    expect(sinks.unfed()).toEqual([])
    expect(missedLeaks(sinks, planted)).toEqual([])
  })

  it('meet every code of the docs that can be met here, and every message of the source', () => {
    const told = toldIn(sinks)
    const untold = [...documentedCodes()].filter((code) => !told.has(code) && !NOT_HERE.includes(code))
    expect(untold).toEqual([])
    expect([...declaredMessages()].filter((message) => !told.has(message))).toEqual([])
  })
})
