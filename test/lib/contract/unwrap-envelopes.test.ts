import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import { unwrapEnvelopes } from '../../../lib/contract/unwrap-envelopes.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const sns = (inner: unknown) => ({ Type: 'Notification', MessageId: '1', Message: JSON.stringify(inner) })
const eventBridge = (detail: unknown) => ({
  version: '0',
  id: 'e1',
  'detail-type': BREACH_EVENT_TYPE,
  source: 'detector',
  time: '2026-11-20T10:00:00Z',
  detail,
})
const customBus = (inner: unknown) => ({ Data: inner, Metadata: {}, SystemMetadata: {} })

describe('unwrapEnvelopes', () => {
  const event = breachEvent()

  it.each([
    ['bare', event],
    ['SNS notification', sns(event)],
    ['EventBridge event', eventBridge(event)],
    ['EventBridge custom bus', customBus(event)],
    ['EventBridge custom bus with text', customBus(JSON.stringify(event))],
    ['EventBridge in SNS', sns(eventBridge(event))],
    ['three deep', sns(customBus(eventBridge(event)))],
  ])('finds the event: %s', (_, body) => {
    expect(unwrapEnvelopes(JSON.stringify(body))).toMatchObject({ kind: 'parsed', value: event, beside: [] })
  })

  it('makes an event of EventBridge attributes around our data', () => {
    const { value } = unwrapEnvelopes(JSON.stringify(eventBridge(event.data))) as { value: unknown }
    expect(value).toEqual({
      specversion: '1.0',
      type: BREACH_EVENT_TYPE,
      id: 'e1',
      source: 'detector',
      time: '2026-11-20T10:00:00Z',
      data: event.data,
    })
  })

  it.each([
    ['Message.detail.data.mode', 'data.mode', sns(eventBridge(event))],
    ['Data.detail.mode', 'data.mode', customBus(eventBridge(event.data))],
    ['Data.detail.expirytime', 'expirytime', customBus(eventBridge(event.data))],
    ['Data.detail', 'data', customBus(eventBridge(event.data))],
    ['Data.time', 'time', customBus(eventBridge(event.data))],
    ['data.members.3', 'data.members.3', event],
  ])('says that %s is where %s of the event is in the body', (path, field, body) => {
    const unwrapped = unwrapEnvelopes(JSON.stringify(body))
    expect(unwrapped.kind === 'parsed' && unwrapped.pathOf(field)).toBe(path)
  })

  it.each([
    ['empty_body', ''],
    ['empty_body', ' \n'],
    ['not_json', 'ada@customer.example'],
    ['not_json', '{"specversion":"1.0"'],
    ['not_json', JSON.stringify({ Type: 'Notification', Message: 'plain words' })],
    ['nested_too_deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['nested_too_deep', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['not_json', '['.repeat(1_000_000)],
    ['too_many_envelopes', JSON.stringify(sns(sns(sns(sns(event)))))],
    ['unsupported_type', JSON.stringify({ 'detail-type': 'something else', detail: {} })],
  ])('refuses with %s', (code, body) => {
    const unwrapped = unwrapEnvelopes(body)
    expect(unwrapped).toMatchObject({ kind: 'rejected', rejection: { code } })
    expect(JSON.stringify(unwrapped)).not.toContain('ada@')
  })

  it('does not take brackets in strings for nesting', () => {
    const value = { specversion: '1.0', note: `\\"${'['.repeat(100)}` }
    expect(unwrapEnvelopes(JSON.stringify(value))).toMatchObject({ kind: 'parsed', value })
  })

  it('answers whatever comes, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(['parsed', 'rejected']).toContain(unwrapEnvelopes(body).kind)
      }),
    )
  })
})
