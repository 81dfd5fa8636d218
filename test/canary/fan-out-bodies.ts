import type { Sources } from '../../functions/fan-out/config.ts'
import { BreachEventSchema } from '../../lib/contract/breach-event.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { MALFORMED, MEMBER, PASSWORD, SHORT, STRANGER } from '../leaks/planted.ts'

/** A row as vendors send it: with the stolen password, and keys that the contract does not know. */
const row = { email_address: MEMBER, password: PASSWORD, [PASSWORD]: MEMBER, [STRANGER]: PASSWORD }
const vendor = { password: PASSWORD, [PASSWORD]: STRANGER, victim: MEMBER, [MEMBER]: 1 }
const event = (overrides: Parameters<typeof breachEvent>[0] = {}) =>
  breachEvent({ ...vendor, ...overrides, data: { ...vendor, members: [row], ...overrides.data } })
const eventOf = (member: unknown) => event({ data: { members: [member] } })
const json = (value: unknown) => JSON.stringify(value)
const notification = (inner: unknown) => ({ Type: 'Notification', Subject: MEMBER, Message: json(inner) })
const bridge = (overrides: object) => ({
  'detail-type': 'breach-reset.credential-compromise.v1',
  ...{ id: 'i', source: 's', time: '2026-11-20T10:00:00Z', detail: event().data, resources: [MEMBER] },
  ...overrides,
})

/** The e-mail in each field of the contract, at the top and in `data`: the event is refused, or the e-mail stays where it may be. */
const inEachField = [
  MEMBER,
  encodeURIComponent(MEMBER),
  encodeURIComponent(encodeURIComponent(MEMBER)),
].flatMap((email) => [
  ...Object.keys(BreachEventSchema.shape).map((field) => ({ ...event(), [field]: email })),
  ...Object.keys(BreachEventSchema.shape.data.shape).map((field) => event({ data: { [field]: email } })),
])
const invalidRows = [
  MEMBER,
  null,
  [MEMBER],
  { ...row, email_address: MALFORMED },
  { ...row, email_address: [MEMBER] },
]
const idsThatAreEmails = [MEMBER, encodeURIComponent(MEMBER)].flatMap((id) => [
  { ...row, member_id: id },
  { ...row, organization_id: id },
])

/** Bodies on the breach queue by the code that fan-out ends them with; those without one get to require-reset. */
export const FAN_OUT_BODIES: readonly [code: string | undefined, body: string][] = [
  ['empty_body', ' \n'],
  ['not_json', `${MEMBER},${PASSWORD}`],
  ['not_json', SHORT],
  ['not_json', `{"email_address":"${MEMBER}",`],
  ['not_json', json({ ...notification({}), Message: MEMBER })],
  ['nested_too_deep', `${'['.repeat(40)}"${MEMBER}"${']'.repeat(40)}`],
  ['duplicate_key', `{"${MEMBER}":"${PASSWORD}","${MEMBER}":1}`],
  ['duplicate_key', `{"email_address":"${MEMBER}","email_address":"${STRANGER}"}`],
  ['too_many_envelopes', json([1, 2, 3, 4].reduce<unknown>(notification, event()))],
  ['not_a_breach_event', json(MEMBER)],
  ['not_a_breach_event', json([{ ...vendor }])],
  ['not_a_breach_event', json({ Event: 's3:TestEvent', Bucket: MEMBER })],
  ['unsupported_type', json(event({ type: MEMBER }))],
  ['unsupported_type', json(event({ specversion: MEMBER }))],
  ['unsupported_type', json(bridge({ 'detail-type': MEMBER }))],
  ['invalid_event', json(event({ id: MEMBER }))],
  ['invalid_event', json(bridge({ id: MEMBER }))],
  ['invalid_event', json(bridge({ source: MEMBER, time: MEMBER }))],
  ...inEachField.map((body): [undefined, string] => [undefined, json(body)]),
  ['misplaced_limit', json({ ...notification(event()), mode: MEMBER })],
  ['misplaced_limit', json(bridge({ expirytime: MEMBER }))],
  ['misplaced_limit', json(event({ data: { expiryTime: MEMBER } }))],
  ['implausible', json(event({ time: '1970-01-01T00:00:00Z' }))],
  ['in_future', json(event({ time: '2999-01-01T00:00:00Z' }))],
  ['over_limit', json(event({ data: { members: Array(40).fill(row) } }))],
  ['source_not_allowed', json(event({ source: 'urn:stranger' }))],
  ['sender_not_allowed', json(event({ source: 'urn:bound' }))],
  ['mode_not_allowed', json(event({ source: 'urn:dry', data: { mode: 'enforce' } }))],
  ...Array(2).fill(['over_hourly_limit', json(event({ source: 'urn:full' }))]),
  ['expired', json(event({ expirytime: '2001-01-01T00:00:00Z' }))],
  ...[...invalidRows, ...idsThatAreEmails].map((invalid): [string, string] => [
    'invalid_member',
    json(eventOf(invalid)),
  ]),
  [
    'duplicate',
    json(event({ data: { members: [row, { ...row, email_address: ` ${MEMBER.toUpperCase()}` }] } })),
  ],
  [undefined, json(event({ data: { breach: { catalog: MEMBER, id: STRANGER, title: MEMBER } } }))],
  [undefined, json(notification(event()))],
  [undefined, json({ Metadata: { who: MEMBER }, Data: event() })],
]

/** The sources of the stage that the bodies go through; one of them has room for one member an hour. */
export const SOURCES = {
  [breachEvent().source]: {},
  /** Of EventBridge. */
  s: {},
  'urn:bound': { senders: ['AROAEXAMPLEEXAMPLE12'] },
  'urn:dry': { highestMode: 'dry_run' },
  'urn:full': { maxMembersPerEvent: 1, maxMembersPerHour: 1 },
} satisfies Sources
