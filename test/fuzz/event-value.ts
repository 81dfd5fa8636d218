import fc from 'fast-check'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { edgeMoment } from './edge-moment.ts'
import { PLANTED } from './planted.ts'

const momentOf = (...usual: string[]) => fc.oneof(fc.constantFrom(...usual), edgeMoment)
const id = fc.constantFrom('acme', 'crm|4711', 'organization-test-1', 'member-test-1')

/** A row as feeds write them: few people, so that rows meet; ids now and then; a password that nobody asked for. */
const row = fc.record(
  {
    email_address: fc.oneof(
      fc.constantFrom('kay@leak.example', 'Kay@leak.example', ' kay@LEAK.example ', 'lin@leak.example'),
      fc.nat(60).map((number) => `m${number}@leak.example`),
    ),
    organization_id: id,
    member_id: id,
    password: fc.constant(PLANTED.password),
    [PLANTED.email]: fc.constant(PLANTED.encoded),
  },
  { requiredKeys: ['email_address'] },
)

/** A breach event for 2026-11-20T12:00:00Z with unknown keys in it; by the contract but for some of its moments. */
export const eventValue: fc.Arbitrary<ReturnType<typeof breachEvent>> = fc
  .record({
    event: fc.record(
      {
        expirytime: momentOf('2026-12-20T00:00:00Z', '2026-11-20T11:00:00Z', '2026-11-20T12:00:00Z'),
        source: fc.constantFrom(CANARY_SOURCE, 'urn:detector:hibp', `urn:${PLANTED.encoded}`),
        correlationid: fc.constantFrom('INC-4711', 'x'.repeat(256)),
        fence: momentOf('2026-11-20T09:59:59.999Z', '1970-01-01T00:00:00Z'),
        [PLANTED.email]: fc.constant(PLANTED.password),
      },
      { requiredKeys: [] },
    ),
    data: fc.record(
      {
        exposed_at: momentOf('2026-11-20', '2026-11-19', '1970-01-01', '2026-11-20T12:04:00+00:00'),
        mode: fc.constantFrom('enforce', 'dry_run'),
        breach: fc.constant({ catalog: 'hibp\uffff', id: '\ud800', title: '\0', password: PLANTED.password }),
        stolen: fc.constant(PLANTED.password),
        members: fc.array(row, { minLength: 1, maxLength: 12 }),
      },
      { requiredKeys: ['members'] },
    ),
  })
  .map(({ event, data }) => breachEvent({ ...event, data }))
