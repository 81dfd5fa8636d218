import { execFileSync } from 'node:child_process'
import { Duration } from 'aws-cdk-lib/core'
import { afterAll, describe, expect, it } from 'vitest'
import { stages } from '../../../fixtures/stages.ts'
import { createKeep } from '../../bench.ts'
import { measureEvent } from '../measure-events.ts'
import { measureSessions } from '../measure-sessions.ts'
import { measurePeer } from '../peer.ts'

const setup = { stageName: 'bench', stage: { ...stages.dev, endSessions: false }, latencyMs: 0 }

const { keep, stopAll } = createKeep()
afterAll(stopAll)

describe.runIf(process.env.NIGHTLY)('npm run bench -- --stack', () => {
  it('measures an event through the whole system, cold and warm, and leaves no process', async () => {
    const { runs } = await measureEvent(keep, { ...setup, members: 10 })
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

  it('measures how the sessions of an event end, and what that adds', async () => {
    const stage = {
      ...stages.dev,
      endSessions: true,
      sessionsWindow: Duration.seconds(1),
      sessionSearchesPerMinute: 6000,
    }
    const result = await measureSessions(keep, { ...setup, stage, people: 8, priced: true })
    expect(result).toMatchObject({ people: 8, members: 10, calls: { revoke: 10, read_back: 10 } })
    expect(result.seconds.toEnded).toBeGreaterThan(result.seconds.toReset)
    expect(result.addedDollars).toBeGreaterThan(0)
    expect(childProcesses()).toEqual([])
  })

  it('measures a peer with the same kind of event', async () => {
    const result = await measurePeer(keep, { ...setup, peer: 'peer-b', members: 5, maxSeconds: 60 })
    expect(result).toMatchObject({ notReset: 0, calledAgain: 0, callsPerMember: 1, throttled: 0 })
    expect(result.ofIdeal).toBeGreaterThan(0)
    expect(childProcesses()).toEqual([])
  })
})

/** The command lines of the functions' processes that this process started and that are still running. */
function childProcesses(): string[] {
  const lines = execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
  return lines.split('\n').filter((line) => line.includes('aws-lambda-ric'))
}
