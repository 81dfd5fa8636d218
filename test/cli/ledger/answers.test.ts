import { expect, it } from 'vitest'
import { answerLines } from '../../../cli/ledger/answers.ts'

it('answers hundreds of thousands of lines', () => {
  const faults = Array.from({ length: 200_000 }, (_, index) => ({ line: index + 1, rule: 'is not one' }))
  const lines = answerLines([], faults, 80)
  expect([lines[1], lines.at(-1)]).toEqual(['     1  the line is not one', '200000  the line is not one'])
})
