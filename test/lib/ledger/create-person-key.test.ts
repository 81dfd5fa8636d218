import { expect, it } from 'vitest'
import { createPersonKey } from '../../../lib/ledger/ledger.ts'

it('names a person the same however the address is written, and differently per key and project', () => {
  const key = createPersonKey('ledger key')
  const ada = key('project-live-1', 'ada@customer.example')
  expect(ada).toMatch(/^[0-9a-f]{64}$/)
  expect(key('project-live-1', '  ADA@Customer.example ')).toBe(ada)
  const others = [
    key('project-live-2', 'ada@customer.example'),
    createPersonKey('other')('project-live-1', 'ada@customer.example'),
  ]
  expect(new Set([ada, ...others]).size).toBe(3)
})
