import { Duration } from 'aws-cdk-lib/core'
import { expect, it } from 'vitest'
import { readDeadLetters } from '../../../../cli/start/dead-letters.ts'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import type { Stage } from '../../../../infra/stage.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, countResets, isDrained, send, signedIn } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

type Batch = { functionName: string; records: number }

/** Runs `test` on a local system of a stage, and stops it. */
async function onSystem(
  settings: Partial<Stage>,
  test: (system: LocalSystem, batches: readonly Batch[]) => Promise<void>,
) {
  const batches: Batch[] = []
  const system = await startLocalSystem({
    stageName: 'local',
    stage: { ...stages.local, stytchRequestsPerSecond: 1000, ...settings },
    onBatch: ({ functionName, records }) => void batches.push({ functionName, records: records.length }),
  })
  try {
    await test(system, batches)
  } finally {
    await system.stop()
  }
}

it('everyone who was reset is signed in nowhere any more, in any organization, and nobody else is logged out', () =>
  onSystem({ membersPerMessage: 5, sessionsWindow: Duration.seconds(3) }, async (system, batches) => {
    const { emails, event } = addCrowd(system, 'breached', { size: 200, failing: 3 })
    const others = addCrowd(system, 'others', { size: 50 }).emails
    const { organizationId } = system.stytch.addOrganization()
    for (const email of emails.slice(0, 50)) {
      const { memberId } = system.stytch.addMember({ email, organizationId })
      system.stytch.addSession({ memberId })
    }
    await send(system, event)
    await waitUntil('the queues to be drained', () => isDrained(system))

    expect(signedIn(system, [...emails, ...others])).toEqual([...emails.slice(0, 3), ...others])
    expect([...countResets(system, emails).values()].filter((resets) => resets === 1)).toHaveLength(197)
    expect(readDeadLetters(system).map(({ code }) => code)).toEqual(Array(3).fill('invalid_email'))
    const ending = batches.filter(({ functionName }) => functionName.startsWith('EndSessions'))
    expect(Math.max(...ending.map(({ records }) => records))).toBeGreaterThan(10)
  }))

it('a dry run resets nobody and logs nobody out', () =>
  onSystem({ mode: 'dry_run' }, async (system, batches) => {
    const { emails, event } = addCrowd(system, 'dry', { size: 20 })
    await send(system, event)
    await waitUntil('the queues to be drained', () => isDrained(system))
    expect(signedIn(system, emails)).toEqual(emails)
    expect(batches.filter(({ functionName }) => functionName.startsWith('EndSessions'))).toEqual([])
  }))

it('in a stage without end-sessions people are reset and stay signed in', () =>
  onSystem({ endSessions: false }, async (system) => {
    const { emails, event } = addCrowd(system, 'without', { size: 20 })
    await send(system, event)
    await waitUntil('the queues to be drained', () => isDrained(system))
    expect([...countResets(system, emails).values()]).toEqual(Array(20).fill(1))
    expect(signedIn(system, emails)).toEqual(emails)
    expect([system.queues.sessions, system.functions.endSessions]).toEqual([undefined, undefined])
    expect(system.stytch.sessionCalls()).toEqual([])
  }))
