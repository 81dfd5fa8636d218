import { describe, expect, it } from 'vitest'
import { parseOptions } from '../../../cli/start/parse-options.ts'

describe('the options of a chaos run', () => {
  it.each([
    [['--chaos', '0'], /^--chaos: must be a whole number of seconds/],
    [['--chaos', 'long'], /^--chaos: must be a whole number of seconds/],
    [['--chaos', '10', '--seed', '1.5'], /^--seed: must be a whole number/],
    [['--chaos', '10', '--seed', 'x'], /^--seed: must be a whole number/],
    [['--seed', '1'], /^--seed: only with --chaos/],
    [['--chaos', '10', '--crash'], /^--crash: not with --chaos/],
    [['--chaos', '10', '--keep'], /^--keep: not with --chaos/],
    [['--chaos', '10', 'event.json'], /^--chaos: not with an event file/],
  ])('%j are refused with a sentence', (args, sentence) => {
    expect(parseOptions(args)).toEqual({ wrong: expect.stringMatching(sentence) })
  })

  it('go with a number of members, and with or without a seed', () => {
    const options = parseOptions(['--chaos', '10', '--seed', '0', '--members', '60'])
    expect(options).toMatchObject({ chaos: { seconds: 10, seed: 0 }, members: 60 })
    expect(parseOptions(['--chaos', '10'])).toMatchObject({ chaos: { seconds: 10, seed: undefined } })
    expect(parseOptions([])).toMatchObject({ chaos: undefined })
  })
})
