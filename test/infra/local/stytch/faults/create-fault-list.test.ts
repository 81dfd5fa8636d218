import { expect, it } from 'vitest'
import { createFaultList } from '../../../../../infra/local/stytch/faults/create-fault-list.ts'

it('tells which rules hit, once for each hit, also of connections and after it is cleared', () => {
  const faults = createFaultList(() => 0)
  faults.add({ kind: 'latency', ms: 1 })
  faults.add({ kind: 'hang', email: 'ada@customer.example' })
  faults.add({ kind: 'reset_on_connect', times: 1 })
  faults.pick('ada@customer.example')
  faults.pick('lin@customer.example')
  expect([faults.hitsConnection(), faults.hitsConnection()]).toEqual([true, false])
  faults.clear()
  faults.pick('ada@customer.example')
  expect(faults.hits().map(({ kind }) => kind)).toEqual(['latency', 'hang', 'latency', 'reset_on_connect'])
})
