import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test.each([
  { args: [], options: { json: false, quick: false, rounds: 3, chart: undefined } },
  { args: ['--quick'], options: { quick: true, rounds: 1 } },
  {
    args: ['--quick', '--rounds', '7', '--json', '--chart', 'a.svg'],
    options: { json: true, rounds: 7, chart: 'a.svg' },
  },
])('reads $args', ({ args, options }) => {
  expect(parseOptions(args)).toMatchObject(options)
})

test.each([[['--rounds', '0']], [['--rounds', 'many']], [['--rounds=']], [['now']], [['--chart']]])(
  'refuses %j in a sentence',
  (args) => {
    expect(parseOptions(args)).toEqual({ wrong: expect.any(String) })
  },
)
