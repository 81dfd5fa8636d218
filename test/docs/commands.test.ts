import { expect, it } from 'vitest'
import { checksOf, extractCommands } from './commands.ts'

it('every command of the docs is checked somehow, and none is checked that is not in them', () => {
  const extracted = extractCommands()
  const checked = checksOf(extracted).map(([command]) => command)
  expect(checked.toSorted()).toEqual(extracted.toSorted())
})
