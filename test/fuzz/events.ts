import fc from 'fast-check'
import {
  BREACH_EVENT_TYPE,
  type Mode,
  type ResetEvent,
  type ResetMember,
} from '../../lib/contract/breach-event.ts'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { resetEvent } from '../fakes/create-reset-world.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { DOMAIN, ENCODED_MEMBER, MEMBER, PASSWORD } from '../leaks/planted.ts'
import { anyText, edgeMoment, editedText, hostileValue, mostly, mutated } from './hostile.ts'

const momentOf = (...usual: string[]) => fc.oneof(fc.constantFrom(...usual), edgeMoment)
const id = fc.constantFrom('acme', 'crm|4711', 'organization-test-1', 'member-test-1')

/** A row as feeds write them: few people, so that rows meet; ids now and then; a password that nobody asked for. */
const row = fc.record(
  {
    email_address: fc.oneof(
      fc.constantFrom(`kay@${DOMAIN}`, `Kay@${DOMAIN}`, ` kay@${DOMAIN.toUpperCase()} `, `lin@${DOMAIN}`),
      fc.nat(60).map((number) => `m${number}@${DOMAIN}`),
    ),
    organization_id: id,
    member_id: id,
    password: fc.constant(PASSWORD),
    [MEMBER]: fc.constant(ENCODED_MEMBER),
  },
  { requiredKeys: ['email_address'] },
)

/** A breach event for 2026-11-20T12:00:00Z with unknown keys in it; valid except for some of its moments and sources. */
export const eventValue: fc.Arbitrary<ReturnType<typeof breachEvent>> = fc
  .record({
    event: fc.record(
      {
        expirytime: momentOf('2026-12-20T00:00:00Z', '2026-11-20T11:00:00Z', '2026-11-20T12:00:00Z'),
        source: fc.constantFrom(CANARY_SOURCE, 'urn:detector:hibp', `urn:${ENCODED_MEMBER}`),
        correlationid: fc.constantFrom('INC-4711', 'x'.repeat(256)),
        fence: momentOf('2026-11-20T09:59:59.999Z', '1970-01-01T00:00:00Z'),
        [MEMBER]: fc.constant(PASSWORD),
      },
      { requiredKeys: [] },
    ),
    data: fc.record(
      {
        exposed_at: momentOf('2026-11-20', '2026-11-19', '1970-01-01', '2026-11-20T12:04:00+00:00'),
        mode: fc.constantFrom('enforce', 'dry_run'),
        breach: fc.constant({ catalog: 'hibp\uffff', id: '\ud800', title: '\0', password: PASSWORD }),
        stolen: fc.constant(PASSWORD),
        members: fc.array(row, { minLength: 1, maxLength: 12 }),
      },
      { requiredKeys: ['members'] },
    ),
  })
  .map(({ event, data }) => breachEvent({ ...event, data }))

/** The envelopes that the contract names, each by the function that puts a value into it. */
export const wrapIn = {
  sns: (inner: unknown) => ({ Type: 'Notification', MessageId: 'm1', Message: JSON.stringify(inner) }),
  bus: (inner: unknown) => ({ Data: inner, Metadata: {} }),
  busText: (inner: unknown) => ({ Data: JSON.stringify(inner), SystemMetadata: {} }),
  eventBridge: (inner: unknown) => ({
    'detail-type': BREACH_EVENT_TYPE,
    id: 'e1',
    source: 'detector',
    time: '2026-11-20T10:00:00Z',
    detail: inner,
  }),
}

const envelope = fc.constantFrom(...Object.values(wrapIn))
const envelopes = fc.oneof(fc.constant([]), fc.array(envelope, { maxLength: 4 }))

const wrapped = fc
  .tuple(mutated(eventValue), envelopes)
  .map(([event, wraps]) => wraps.reduce<unknown>((inner, wrap) => wrap(inner), event))

/** The body of an SQS message: mostly a breach event, broken in some way, in envelopes that may be broken too; or anything at all. */
export const recordBody: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: wrapped.map((value) => JSON.stringify(value) ?? '') },
  { weight: 4, arbitrary: editedText(mutated(wrapped).map((value) => JSON.stringify(value) ?? '')) },
  { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: anyText },
)

const OWED = { reset_at: '2026-11-20T11:59:30.000Z', outcome: 'reset', request_id: 'request-0' } as const

const ids = fc.record(
  {
    organization_id: fc.constantFrom('acme', 'organization-test-1'),
    member_id: fc.constantFrom('crm|4711', 'member-test-1'),
  },
  { requiredKeys: [] },
)
const marks = mostly<Partial<ResetMember>>({}, { uncertain: true }, { idstried: true }, { owed: OWED })
const resetRow = fc
  .record({
    email_address: fc.oneof(
      fc.constantFrom(`kay@${DOMAIN}`, `Kay@${DOMAIN}`, `lin@${DOMAIN}`),
      fc.nat(20).map((number) => `m${number}@${DOMAIN}`),
    ),
    ids,
    marks,
  })
  .map(({ email_address, ids, marks }): ResetMember => ({ email_address, ...ids, ...marks }))

const overrides = fc.record({
  attempts: fc.constantFrom(0, 1, 20),
  firsttriedat: fc.constantFrom(undefined, '2026-11-20T11:00:00.000Z', '2026-11-19T11:00:00.000Z'),
  expirytime: mostly<string | undefined>(undefined, '2026-11-20T11:59:59Z', '2026-11-20T12:00:01Z'),
})

/** An event that fan-out or require-reset has put on the reset queue, for the clock of the reset world. */
export const resetEventValue: fc.Arbitrary<ResetEvent> = fc
  .record({
    overrides,
    mode: mostly<Mode | undefined>(undefined, 'enforce', 'dry_run'),
    members: fc.array(resetRow, { minLength: 1, maxLength: 8 }),
  })
  .map(({ overrides, mode, members }) => {
    const event = resetEvent([])
    const value = { ...event, ...overrides, data: { ...event.data, mode, members } }
    return JSON.parse(JSON.stringify(value))
  })
