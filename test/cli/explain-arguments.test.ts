import { parseArgs } from 'node:util'
import { expect, it } from 'vitest'
import { explainArguments } from '../../cli/terminal.ts'

it.each([
  [['--nonsense=ada@x.example'], "Unknown option '--nonsense'"],
  [['--ada@x.example'], 'there is an argument that this command does not take'],
  [['ada@x.example'], 'there is an argument that this command does not take'],
  [['--go=ada@x.example'], "Option '--go' does not take an argument"],
])('names the option of %j, and repeats nothing else of it', (args, sentence) => {
  try {
    parseArgs({ args, options: { go: { type: 'boolean' } } })
    expect.unreachable()
  } catch (error) {
    expect(explainArguments(error)).toBe(sentence)
  }
})
