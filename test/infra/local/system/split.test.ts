import { expect, it } from 'vitest'
import { toDeliveries } from '../../../../cli/progress/deliveries.ts'
import { findEvent, openProgress } from '../../../../cli/progress/progress-source.ts'
import { redrive } from '../../../../cli/redrive.ts'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import { runCommand } from '../../../cli/run-command.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, countResets, deadLettered, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

it('an event over the limit is approved by one command: everyone is reset once, and its refused delivery is finished', async () => {
  const stage = { ...stages.local, stytchRequestsPerSecond: 1000, maxMembersPerEvent: 10 }
  const system = await startLocalSystem({ stageName: 'local', stage })
  try {
    const { emails, event } = addCrowd(system, 'mass', { size: 35 })
    await send(system, event)
    await waitUntil('the event to be refused', () => deadLettered(system).size === 35)
    const environment = {
      AWS_ENDPOINT_URL_SQS: system.endpoints.sqs,
      AWS_ENDPOINT_URL_CLOUDFORMATION: system.endpoints.cloudFormation,
      AWS_ENDPOINT_URL_DYNAMODB: system.endpoints.dynamoDB,
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: 'any' },
    }
    const args = ['--stage', 'local', '--event', event.id, '--split', '--confirm', '35']
    expect(await runCommand(redrive, args, { environment })).toMatchObject({ code: 0, stderr: '' })
    await waitUntil('everyone to be reset', () => isDrained(system))
    expect([...countResets(system, emails).values()]).toEqual(Array(35).fill(1))
    expect(deadLettered(system).size).toBe(0)

    const progress = await openProgress({ table: system.progress.table, typed: '' })
    const which = { id: event.id, eventSource: event.source }
    const [delivery, ...others] = toDeliveries(await findEvent(progress, which, Date.now()))
    expect(delivery?.state).toBe('finished')
    expect([delivery?.redrives.length, delivery?.rows.length, others]).toEqual([4, 35, []])
  } finally {
    await system.stop()
  }
})
