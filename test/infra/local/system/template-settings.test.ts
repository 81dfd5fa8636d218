import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { Duration } from 'aws-cdk-lib/core'
import { expect, it } from 'vitest'
import { readDeadLetters } from '../../../../cli/start/dead-letters.ts'
import type { LocalQueue } from '../../../../infra/local/boot.ts'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

it('a setting of the stage changes what the local system does', async () => {
  const stage = {
    ...stages.local,
    maxMembersPerEvent: 3,
    functionTimeout: Duration.seconds(7),
    mode: 'dry_run',
    sessionsWindow: Duration.seconds(30),
  } as const
  const system = await startLocalSystem({ stageName: 'local', stage })
  try {
    const attributesOf = async (queue: LocalQueue | undefined) => {
      const command = new GetQueueAttributesCommand({ QueueUrl: queue?.url, AttributeNames: ['All'] })
      return (await system.sqs.send(command)).Attributes
    }
    const Attributes = await attributesOf(system.queues.reset)
    expect(Attributes).toMatchObject({ VisibilityTimeout: '42', MessageRetentionPeriod: '1209600' })
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toMatchObject({
      deadLetterTargetArn: system.queues.deadLetter.arn,
    })

    expect(await attributesOf(system.queues.sessions)).toMatchObject({ VisibilityTimeout: '72' })

    await send(system, addCrowd(system, 'braked', { size: 4 }).event)
    await send(system, addCrowd(system, 'dry', { size: 3 }).event)
    await waitUntil('the queues to be drained', () => isDrained(system))
    expect(readDeadLetters(system)).toMatchObject([{ code: 'over_limit', rows: [{}, {}, {}, {}] }])
    expect(system.stytch.calls()).toEqual([])
  } finally {
    await system.stop()
  }
})
