import { expect, it } from 'vitest'
import { createTextFinder } from '../../cli/start/log-watch.ts'

it('finds any of the texts anywhere in a line, also behind a false beginning', () => {
  const holds = createTextFinder(['ada at customer', 'ada. at customer', 'lin at customer'])
  expect(holds('{"who":"lin at customer"}')).toBe(true)
  expect(holds('ada at home, ada at customer')).toBe(true)
  expect(holds('ada at home, lin at home')).toBe(false)
  expect(createTextFinder([])('anything')).toBe(false)
})
