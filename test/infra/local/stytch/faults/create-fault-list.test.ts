import { expect, it } from 'vitest'
import { createFaultList } from '../../../../../infra/local/stytch/faults.ts'

it('lets the oldest rule hit first, be it for one e-mail or for everybody', () => {
  const faults = createFaultList(() => 0)
  faults.add({ kind: 'hang', email: 'Ada@customer.example', times: 1 })
  faults.add({ kind: 'html', times: 2 })
  faults.add({ kind: 'not_json', email: 'ada@customer.example' })
  const kinds = ['ada', 'lin', 'ada', 'ada', 'lin'].map(
    (name) => faults.pick(`${name}@customer.example`).fault?.kind,
  )
  expect(kinds).toEqual(['hang', 'html', 'html', 'not_json', undefined])
})

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
