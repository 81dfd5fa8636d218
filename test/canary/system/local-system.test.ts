import { beforeAll, describe, expect, it } from 'vitest'
import { type Planted, plantedWith, SECRETS } from '../../leaks/planted.ts'
import { leaksIn, missedLeaks, unusedAllowances } from '../allowed-places.ts'
import { declaredMessages, documentedCodes, wordsIn } from '../documented-words.ts'
import { createOutputs } from '../outputs.ts'
import { sweepLocalSystem } from '../sweep-local-system.ts'

/** What nothing on the local parts brings about for certain; the sweep in process does. */
const NOT_HERE = [
  'unsendable', // SQS takes what fan-out sends
  'out_of_time', // needs hundreds of members
  'ledger_key_invalid', // the local system generates a good one
  'email_not_found', // with ids in the event
  'ahead of the clock', // all share one clock
]

const outputs = createOutputs('functions', [
  'request to Stytch',
  // The stage enforces.
  'rehearsed queue, all but the body',
  'rehearsed queue, body',
])
let planted: readonly Planted[]

beforeAll(async () => {
  planted = plantedWith({ ...SECRETS, ...(await sweepLocalSystem(outputs)) })
}, 360_000)

describe('e-mails, passwords and secrets, through the local system', () => {
  it('come out only where they may', () => {
    expect(leaksIn(outputs, planted)).toEqual([])
    const withPeople = outputs.names.filter((name) => name === 'report with people')
    expect(unusedAllowances({ names: withPeople, texts: outputs.texts }, planted)).toEqual([])
  })

  it('are found in each place and each encoding when they leak', () => {
    expect(outputs.empty()).toEqual([])
    expect(missedLeaks(outputs, planted)).toEqual([])
  })

  it('meet every code of the docs that can be met here, and every message of the source', () => {
    const words = wordsIn(outputs)
    expect([...documentedCodes()].filter((code) => !words.has(code) && !NOT_HERE.includes(code))).toEqual([])
    expect(
      [...declaredMessages()].filter((message) => !words.has(message) && !NOT_HERE.includes(message)),
    ).toEqual([])
  })
})
