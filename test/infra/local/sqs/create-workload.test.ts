import { describe, expect, it } from 'vitest'
import { createWorkload } from '../../../../infra/local/sqs/create-workload.ts'

function open() {
  let time = 0
  const inFlight = new Set<string>()
  const workload = createWorkload(() => time)
  return {
    receive(handle: string, tenant: string) {
      inFlight.add(handle)
      workload.received(handle, tenant)
    },
    end(handle: string) {
      inFlight.delete(handle)
      workload.ended(handle)
    },
    expire: (handle: string) => inFlight.delete(handle),
    pass: (ms: number) => {
      time += ms
    },
    load: (tenant: string) => workload.loads((handle) => inFlight.has(handle)).get(tenant),
  }
}

describe('the workload of a queue', () => {
  it('counts what is in flight, and the time it has been so far, once', () => {
    const { receive, pass, load } = open()
    receive('1', 'A')
    receive('2', 'A')
    pass(100)
    expect(load('A')).toEqual({ inFlight: 2, processingMs: expect.closeTo(200, 0) })
    expect(load('A')).toEqual({ inFlight: 2, processingMs: expect.closeTo(200, 0) })
  })

  it('keeps the time of what is deleted', () => {
    const { receive, end, pass, load } = open()
    receive('1', 'A')
    pass(100)
    end('1')
    expect(load('A')).toEqual({ inFlight: 0, processingMs: 100 })
  })

  it('lets go of a message whose visibility timeout is over', () => {
    const { receive, expire, pass, load } = open()
    receive('1', 'A')
    expire('1')
    pass(100)
    expect(load('A')?.inFlight).toBe(0)
  })

  it('forgets half of the time in a minute', () => {
    const { receive, end, pass, load } = open()
    receive('1', 'A')
    pass(100)
    end('1')
    pass(60_000)
    expect(load('A')?.processingMs).toBe(50)
  })

  it('forgets a tenant that has had nothing in flight for five minutes', () => {
    const { receive, end, pass, load } = open()
    receive('1', 'A')
    pass(100)
    end('1')
    pass(299_999)
    expect(load('A')).toBeDefined()
    pass(1)
    expect(load('A')).toBeUndefined()
  })
})
