import { execFileSync } from 'node:child_process'
import { afterAll, expect, it } from 'vitest'
import { createKeep } from '../bench.ts'
import { measureEvent } from './measure-events.ts'
import { measurePeer } from './peer.ts'

const { keep, stopAll } = createKeep()
afterAll(stopAll)

it('measures an event through the whole system, cold and warm, and leaves no process', async () => {
  const { runs } = await measureEvent(keep, { stageName: 'dev', latencyMs: 0, members: 10 })
  expect(runs.map(({ cold, calls }) => [cold, calls])).toEqual([
    [true, 10],
    [false, 10],
  ])
  for (const { seconds, usage, dollarsPerMillion, busiestSecond } of runs) {
    expect(Object.keys(usage.lambda)).toEqual(['FanOut', 'RequireReset'])
    expect(usage).toMatchObject({ writeUnits: expect.any(Number), readUnits: expect.any(Number) })
    const numbers = [
      seconds,
      busiestSecond,
      ...Object.values(usage.sqsRequests),
      ...Object.values(dollarsPerMillion),
    ]
    for (const number of numbers) expect(number).toBeGreaterThan(0)
  }
  expect(childProcesses()).toEqual([])
})

it('measures a peer with the same kind of event', async () => {
  const given = { peer: 'peer-b', stageName: 'local', latencyMs: 0, members: 5, maxSeconds: 60 } as const
  const result = await measurePeer(keep, given)
  expect(result).toMatchObject({ notReset: 0, calledAgain: 0, callsPerMember: 1, throttled: 0 })
  expect(result.ofIdeal).toBeGreaterThan(0)
  expect(childProcesses()).toEqual([])
})

/** The command lines of the functions' processes that this one has started and that are still there. */
function childProcesses(): string[] {
  const lines = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
  return lines.split('\n').filter((line) => line.includes('aws-lambda-ric'))
}
