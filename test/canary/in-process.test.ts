import { beforeAll, describe, expect, it } from 'vitest'
import { declaredMessages } from './declared-messages.ts'
import { documentedCodes } from './documented-codes.ts'
import { findLeaks } from './find-leaks.ts'
import { idleAllowances } from './idle-allowances.ts'
import { missedLeaks } from './missed-leaks.ts'
import { plantedWith } from './planted.ts'
import { SECRETS } from './secrets.ts'
import { sweepInProcess } from './sweep-in-process.ts'
import { toldIn } from './told-in.ts'

const planted = plantedWith(SECRETS.credentials, SECRETS)
let swept: Awaited<ReturnType<typeof sweepInProcess>>

beforeAll(async () => {
  swept = await sweepInProcess()
})

describe('planted e-mails and secrets, through everything that the functions can meet', () => {
  it('come out nowhere but where they may', () => {
    expect(findLeaks(swept.sinks, planted)).toEqual([])
    expect(idleAllowances(swept.sinks, planted)).toEqual([])
  })

  it('would be found in what came out, in each place and each encoding', () => {
    expect(swept.sinks.unfed()).toEqual([])
    expect(missedLeaks(swept.sinks, planted)).toEqual([])
  })

  it('meet every code of the docs and every message of the source, each where it is meant to be', () => {
    const told = toldIn(swept.sinks)
    expect(swept.untold).toEqual([])
    expect([...documentedCodes()].filter((code) => !told.has(code))).toEqual([])
    expect([...declaredMessages()].filter((message) => !told.has(message))).toEqual([])
  })

  it('meet no code that the docs do not name', () => {
    const known = new Set([...documentedCodes(), ...declaredMessages(), 'brand_new_code'])
    const words = [...toldIn(swept.sinks)].filter((word) => !known.has(word) && !/^http_\d{3}$/.test(word))
    expect(words.toSorted()).toEqual(['dead_lettered', 'deferred', 'reset', 'skipped'])
  })
})
