import { expect, it } from 'vitest'
import { usageSince } from './usage-since.ts'

it('tells what was used between two readings, what is new in the second one included', () => {
  const earlier = {
    sqsRequests: { SendMessageBatch: 2 },
    writeUnits: 10,
    readUnits: 5,
    lambda: { FanOut: { invocations: 1, timedOut: 0, billedMs: 100, initMs: 200 } },
  }
  const later = {
    sqsRequests: { SendMessageBatch: 5, ReceiveMessage: 1 },
    writeUnits: 30,
    readUnits: 5,
    lambda: {
      FanOut: { invocations: 3, timedOut: 0, billedMs: 150, initMs: 200 },
      RequireReset: { invocations: 2, timedOut: 1, billedMs: 70, initMs: 9 },
    },
  }
  expect(usageSince(earlier, later)).toEqual({
    sqsRequests: { SendMessageBatch: 3, ReceiveMessage: 1 },
    writeUnits: 20,
    readUnits: 0,
    lambda: {
      FanOut: { invocations: 2, timedOut: 0, billedMs: 50, initMs: 0 },
      RequireReset: { invocations: 2, timedOut: 1, billedMs: 70, initMs: 9 },
    },
  })
})
