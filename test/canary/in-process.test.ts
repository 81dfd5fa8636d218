import { beforeAll, describe, expect, it } from 'vitest'
import { plantedWith, SECRETS } from '../leaks/planted.ts'
import { leaksIn, missedLeaks, unusedAllowances } from './allowed-places.ts'
import { declaredMessages, documentedCodes, wordsIn } from './documented-words.ts'
import { sweepInProcess } from './sweep-in-process.ts'

const planted = plantedWith(SECRETS)
let swept: Awaited<ReturnType<typeof sweepInProcess>>

beforeAll(async () => {
  swept = await sweepInProcess()
})

describe('e-mails, passwords and secrets, through everything that can happen to the functions', () => {
  it('come out only where they may', () => {
    expect(leaksIn(swept.outputs, planted)).toEqual([])
    expect(unusedAllowances(swept.outputs, planted)).toEqual([])
  })

  it('are found in each place and each encoding when they leak', () => {
    expect(swept.outputs.empty()).toEqual([])
    expect(missedLeaks(swept.outputs, planted)).toEqual([])
  })

  it('meet every code of the docs and every message of the source, each where it belongs', () => {
    const words = wordsIn(swept.outputs)
    expect(swept.silent).toEqual([])
    expect([...documentedCodes()].filter((code) => !words.has(code))).toEqual([])
    expect([...declaredMessages()].filter((message) => !words.has(message))).toEqual([])
  })

  it('meet no code that the docs do not name', () => {
    const known = new Set([...documentedCodes(), ...declaredMessages()])
    const family = /^(http_\d{3}|stytch_error_\w+)$/
    const words = [...wordsIn(swept.outputs)].filter((word) => !known.has(word) && !family.test(word))
    expect(words.toSorted()).toEqual(['dead_lettered', 'deferred', 'reset', 'skipped'])
  })
})
