import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { readDeadLetters } from '../../../../cli/start/tally.ts'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

it('a setting of the stage changes what the local system does', async () => {
  const stage = {
    ...stages.local,
    maxMembersPerEvent: 3,
    functionTimeoutSeconds: 7,
    mode: 'dry_run',
  } as const
  const system = await startLocalSystem({ stageName: 'local', stage })
  try {
    const { url: QueueUrl } = system.queues.reset
    const { Attributes } = await system.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    expect(Attributes).toMatchObject({ VisibilityTimeout: '42', MessageRetentionPeriod: '1209600' })
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toMatchObject({
      deadLetterTargetArn: system.queues.deadLetter.arn,
    })

    await send(system, addCrowd(system, 'braked', { size: 4 }).event)
    await send(system, addCrowd(system, 'dry', { size: 3 }).event)
    await waitUntil('the queues to be drained', () => isDrained(system))
    expect(readDeadLetters(system)).toMatchObject([{ code: 'over_limit', rows: [{}, {}, {}, {}] }])
    expect(system.stytch.calls()).toEqual([])
  } finally {
    await system.stop()
  }
})
