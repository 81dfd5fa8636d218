import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { deleteMessage } from '../../../../infra/local/sqs/delete-message.ts'
import { workloadOf } from '../../../../infra/local/sqs/workload-of.ts'
import { SqsStore } from '../../../../node_modules/fauxqs/dist/sqs/sqsStore.js'

it('ends the processing of a message when it is deleted', () => {
  const queue = new SqsStore().createQueue('queue', 'url', 'arn')
  const handle = randomUUID()
  workloadOf(queue).received(handle, 'event')
  const inFlight = () =>
    workloadOf(queue)
      .loads(() => true)
      .get('event')?.inFlight
  expect(inFlight()).toBe(1)
  deleteMessage(queue, handle)
  expect(inFlight()).toBe(0)
})
