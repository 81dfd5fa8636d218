import { describe, expect, it } from 'vitest'
import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import { readBreachEvent } from '../../../lib/contract/read-breach-event.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const sns = (inner: unknown, beside = {}) => ({
  Type: 'Notification',
  ...beside,
  Message: JSON.stringify(inner),
})
const bus = (Data: unknown, beside = {}) => ({ Metadata: {}, ...beside, Data })
const bridge = (detail: unknown, beside = {}) => ({
  'detail-type': BREACH_EVENT_TYPE,
  ...{ id: 'e1', source: 'detector', account: '1', time: '2026-11-20T10:00:00Z', region: 'r' },
  ...beside,
  detail,
})
const read = (body: unknown) => readBreachEvent(JSON.stringify(body), NOW)
const rejection = (body: unknown) => {
  const found = read(body)
  return found.kind === 'rejected' ? found.rejection : undefined
}

const event = breachEvent()
const EXPIRY = '2026-12-01T00:00:00Z'
const rule = (place: string) => `must be ${place}, or it has no effect`

describe('readBreachEvent on limits beside the event', () => {
  it.each([
    ['detail', bridge(event, { mode: 'dry_run' }), 'mode', 'detail.data.mode'],
    ['detail', bridge(event, { expirytime: EXPIRY }), 'expirytime', 'detail.expirytime'],
    ['only data in detail', bridge(event.data, { mode: 'dry_run' }), 'mode', 'detail.mode'],
    ['only data in detail', bridge(event.data, { expiry_time: EXPIRY }), 'expiry_time', 'detail.expirytime'],
    ['Message', sns(event, { exposedAt: '2026-11-18' }), 'exposedAt', 'Message.data.exposed_at'],
    ['Data', bus(event, { dryRun: true }), 'dryRun', 'Data.data.mode'],
    ['Data, in Metadata,', bus(event, { Metadata: { mode: 'x' } }), 'Metadata.mode', 'Data.data.mode'],
    [
      'Data in Message, in Metadata,',
      sns(bus(event, { Metadata: { expirytime: EXPIRY } })),
      'Message.Metadata.expirytime',
      'Message.Data.expirytime',
    ],
    ['Data with text', bus(JSON.stringify(event), { mode: 'dry_run' }), 'mode', 'Data.data.mode'],
    ['detail in Message', sns(bridge(event, { mode: 1 })), 'Message.mode', 'Message.detail.data.mode'],
    ['Message around detail', sns(bridge(event.data), { MODE: 1 }), 'MODE', 'Message.detail.mode'],
    [
      'the innermost of three',
      sns(bus(bridge(event, { expirytime: EXPIRY }))),
      'Message.Data.expirytime',
      'Message.Data.detail.expirytime',
    ],
  ])('refuses one beside %s, and says where it is and where it belongs', (_, body, field, place) => {
    expect(rejection(body)).toEqual({ code: 'misplaced_limit', detail: `${field}: ${rule(place)}` })
  })

  it('takes what an envelope says of itself, attributes of a message, and a limit that is null', () => {
    const MessageAttributes = { mode: { Type: 'String', Value: 'dry_run' } }
    for (const body of [bridge(event), sns(event, { MessageAttributes }), bus(event)])
      expect(read(body)).toMatchObject({ kind: 'event', event })
    expect(read(bridge(event, { mode: null }))).toMatchObject({ kind: 'event' })
  })
})

describe('readBreachEvent on limits in the event', () => {
  it.each([
    [{ ...event, mode: 'dry_run' }, 'mode', 'data.mode'],
    [breachEvent({ data: { expirytime: EXPIRY } }), 'data.expirytime', 'expirytime'],
    [
      breachEvent({ data: { members: [{ email_address: 'a@x.example', mode: 1 }] } }),
      'data.members.0.mode',
      'data.mode',
    ],
    [
      sns(breachEvent({ data: { Exposed_At: '2026-11-18' } })),
      'Message.data.Exposed_At',
      'Message.data.exposed_at',
    ],
    [bridge({ ...event.data, Mode: 'dry_run' }), 'detail.Mode', 'detail.mode'],
    [bridge({ ...event.data, expiryTime: EXPIRY }), 'detail.expiryTime', 'detail.expirytime'],
    [bridge({ ...event, mode: 'dry_run' }), 'detail.mode', 'detail.data.mode'],
  ])('refuses %j at its place in the body', (body, field, place) => {
    expect(rejection(body)).toEqual({ code: 'misplaced_limit', detail: `${field}: ${rule(place)}` })
  })

  it.each([
    ['mode ', 'mode?', 'data.mode'],
    ['dry run', 'dry?run', 'data.mode'],
    ['dry.run', 'dry?run', 'data.mode'],
    ['\u200bMode\n', '?Mode?', 'data.mode'],
    ['exposed at', 'exposed?at', 'data.exposed_at'],
    ['expiry', 'expiry', 'expirytime'],
    ['Expires', 'Expires', 'expirytime'],
    ['expires_at', 'expires_at', 'expirytime'],
    ['expiration_time', 'expiration_time', 'expirytime'],
  ])(
    'refuses %j in the event and in data, and shows no sign of it that is not plain',
    (key, shown, place) => {
      const detail = (parent: string) => `${parent}${shown}: ${rule(place)}`
      expect(rejection({ ...event, [key]: 'canary' })?.detail).toBe(detail(''))
      expect(rejection(breachEvent({ data: { [key]: 'canary' } }))?.detail).toBe(detail('data.'))
    },
  )

  it('lets a key be that only contains the name of a limit, or is longer than a name', () => {
    const data = { 'mode ada': 1, mode2: 1, модель_mode: 1, [`${' '.repeat(40)}mode`]: 1 }
    expect(read(breachEvent({ data }))).toMatchObject({ kind: 'event' })
  })

  it('names three, and how many more there are, but no value', () => {
    const members = Array(5).fill({ email_address: 'canary@x.example', mode: 'canary' })
    const found = rejection(breachEvent({ data: { members } }))
    expect(found?.detail).toMatch(/^data\.members\.0\.mode: .*; and 2 more$/)
    expect(found?.detail).not.toContain('canary')
  })

  it('says whose event it refuses', () => {
    expect(read({ ...event, mode: 'dry_run' })).toMatchObject({
      identity: { source: event.source, id: event.id },
    })
  })
})

describe('readBreachEvent on an event with only data in detail', () => {
  it('takes expirytime from the data', () => {
    const { event: found } = read(bridge({ ...event.data, expirytime: EXPIRY })) as { event: object }
    expect(found).toEqual({ ...event, id: 'e1', source: 'detector', expirytime: EXPIRY })
  })

  it.each([
    ['a text', 'x'],
    ['null', null],
    ['a list', [event.data]],
  ])('refuses %s in detail', (_, detail) => {
    expect(rejection(bridge(detail))?.code).toBe('invalid_event')
  })
})
