import { EventBridgeClient, ListEventBusesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AwsCall, Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { type BusEvent, startEventBus } from '../../../infra/local/event-bus.ts'
import type { OutcomeEvent } from '../../../lib/contract/outcome-event.ts'
import { sendToBus } from '../../../lib/progress/event-bus.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import { toFirstEvent } from '../../../lib/progress/outcome-events.ts'

async function openBus({
  eventBus = 'outcomes',
  intercept,
}: {
  eventBus?: string
  intercept?: Interceptor
} = {}) {
  const bus = await startEventBus({ eventBus, intercept })
  const client = new EventBridgeClient({
    endpoint: bus.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'tester', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  onTestFinished(async () => {
    client.destroy()
    await bus.stop()
  })
  const put = (...changes: object[]) =>
    client.send(new PutEventsCommand({ Entries: changes.map((change) => ({ ...ENTRY, ...change })) }))
  return { bus, client, put }
}

const event = (code: string): OutcomeEvent => {
  const refused = { code, rows: '0-2' }
  const fact: Fact = { event: undefined, run: 'run', by: 'fan-out', at: 0, ends: [], passedOn: [], refused }
  const first = toFirstEvent({ stage: 'test' }, fact)
  if (!first) throw new Error('it is said of each refusal')
  return first
}
const ENTRY = {
  EventBusName: 'outcomes',
  Source: 'breach-reset',
  DetailType: 'breach-reset.event-refused.v1',
  Detail: JSON.stringify(event('over_limit')),
  Time: new Date('2026-11-29T10:00:00Z'),
}
const TIME_BYTES = 14
/** An entry of so many bytes, its time included. */
const ofSize = (bytes: number) => {
  const others = Buffer.byteLength(ENTRY.Source + ENTRY.DetailType) + TIME_BYTES
  return { Detail: ENTRY.Detail.padEnd(bytes - others) }
}
const ARN = 'arn:aws:events:us-east-1:444455556666:event-bus/outcomes'
const KIB_256 = 256 * 1024

describe('the event bus', () => {
  it.each([
    ['outcomes', 'outcomes'],
    ['outcomes', ARN],
    [ARN, ARN],
    [ARN, 'outcomes'],
  ])('named %s takes what functions send to %s, in order', async (eventBus, sentTo) => {
    const { bus, client } = await openBus({ eventBus })
    const heard: BusEvent[] = []
    bus.onEvent((taken) => heard.push(taken))
    const sent = [event('over_limit'), event('not_json')]
    await sendToBus({ eventBridge: client, eventBus: sentTo }, sent)
    const common = { bus: 'outcomes', source: 'breach-reset', detailType: ENTRY.DetailType }
    expect(bus.events()).toEqual(sent.map((detail) => ({ ...common, detail })))
    expect(heard).toEqual(bus.events())
  })

  it('refuses an entry of another bus, and takes the others', async () => {
    const { bus, put } = await openBus()
    const { FailedEntryCount, Entries } = await put({}, { EventBusName: 'default' })
    expect(FailedEntryCount).toBe(1)
    const EventId = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(Entries).toMatchObject([{ EventId }, { ErrorCode: 'InvalidArgument' }])
    expect(bus.events()).toHaveLength(1)
  })

  it.each([
    ['no entries', []],
    ['11 entries', Array.from({ length: 11 }, () => ({}))],
    ['more than 256 KiB', [ofSize(KIB_256 + 1)]],
    ['more than 256 KiB together', [ofSize(KIB_256 - 1000), ofSize(1001)]],
  ])('refuses a request with %s as a whole', async (_, entries) => {
    const { bus, put } = await openBus()
    await expect(put(...entries)).rejects.toMatchObject({ name: 'ValidationException' })
    expect(bus.events()).toEqual([])
  })

  it.each([
    ['10 entries', Array.from({ length: 10 }, () => ({}))],
    ['256 KiB', [ofSize(KIB_256)]],
    ['256 KiB together', [ofSize(KIB_256 - 1000), ofSize(1000)]],
  ])('takes a request with %s', async (_, entries) => {
    const { bus, put } = await openBus()
    expect((await put(...entries)).FailedEntryCount).toBe(0)
    expect(bus.events()).toHaveLength(entries.length)
  })

  const { data: _, ...incomplete } = event('over_limit')
  it.each([
    ['an outcome event that the published schema does not have', { Detail: JSON.stringify(incomplete) }],
    ['what is not JSON', { Detail: '{' }],
    ['an entry without a source', { Source: '' }],
    ['an entry without a type', { DetailType: undefined }],
  ])('fails on %s', async (_, change) => {
    const { bus, put } = await openBus()
    await expect(put(change)).rejects.toThrow()
    expect(bus.events()).toEqual([])
  })

  it('answers UnknownOperationException for any other action', async () => {
    const { client } = await openBus()
    const name = 'UnknownOperationException'
    await expect(client.send(new ListEventBusesCommand({}))).rejects.toMatchObject({ name })
  })

  it('asks the interceptor about each call', async () => {
    const calls: AwsCall[] = []
    const { bus, put } = await openBus({
      intercept: async (call) => {
        calls.push(call)
        return { status: 500, errorType: 'InternalException' }
      },
    })
    await expect(put({})).rejects.toMatchObject({ name: 'InternalException' })
    const body = { Entries: [{ ...ENTRY, Time: ENTRY.Time.getTime() / 1000 }] }
    expect(calls).toEqual([{ service: 'eventbridge', action: 'PutEvents', caller: 'tester', body }])
    expect(bus.events()).toEqual([])
  })
})
