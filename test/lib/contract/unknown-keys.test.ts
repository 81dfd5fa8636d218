import { expect, it } from 'vitest'
import { countDroppedKeys } from '../../../lib/contract/unknown-keys.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

it('counts dropped keys by name, but not names that may be personal data', () => {
  const row = { email_address: 'a@x.example', password: 'hunter2', 'canary@x.example': 1 }
  const event = breachEvent({ vendor: 'x', data: { members: [row, row, 'rubbish'], salt: '1' } })
  expect(countDroppedKeys(event)).toEqual({ vendor: 1, salt: 1, password: 2, other: 2 })
})

it('names no more than twenty', () => {
  const event = {
    ...breachEvent(),
    ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`key${i}`, i])),
  }
  const counts = countDroppedKeys(event)
  expect(Object.keys(counts)).toHaveLength(21)
  expect(counts.other).toBe(10)
})
