import type { EventBridgeClient, PutEventsCommand, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge'
import { expect, it } from 'vitest'
import { sendToBus } from '../../../lib/progress/event-bus.ts'
import { toFirstEvent } from '../../../lib/progress/outcome-events.ts'
import { accepted } from './facts.ts'

const event = toFirstEvent({ stage: 'dev' }, accepted())

async function send(answer: Partial<PutEventsCommandOutput>) {
  const sent: PutEventsCommand[] = []
  const eventBridge = {
    send: async (command: PutEventsCommand) => {
      sent.push(command)
      return answer
    },
  } as unknown as EventBridgeClient
  await sendToBus({ eventBridge, eventBus: 'outcomes' }, event ? [event] : [])
  return sent
}

it('an outcome event is the detail, and its type the detail-type, of an entry of the bus', async () => {
  const [command] = await send({ FailedEntryCount: 0 })
  const [entry] = command?.input.Entries ?? []
  expect(entry).toMatchObject({
    ...{ EventBusName: 'outcomes', Source: 'breach-reset', DetailType: 'breach-reset.event-accepted.v1' },
    Time: new Date('2026-11-20T12:00:00Z'),
  })
  expect(JSON.parse(entry?.Detail ?? '')).toEqual(JSON.parse(JSON.stringify(event)))
})

it('an event that EventBridge did not take is lost, although the request was answered', async () => {
  await expect(
    send({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] }),
  ).rejects.toThrow()
})
