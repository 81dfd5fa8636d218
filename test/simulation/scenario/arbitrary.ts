import fc from 'fast-check'
import { BREACH_EVENT_TYPE } from '../../../lib/contract/breach-event.ts'
import {
  type BadDeploy,
  type Brownout,
  DAY,
  HOUR,
  MINUTE,
  type Outage,
  type PersonKind,
  type PlannedFault,
  type Produced,
  type Row,
  type Scenario,
  SECOND,
} from './scenario.ts'

const PEOPLE = { narrow: 8, wide: 40 }

const person = fc.oneof(
  { weight: 6, arbitrary: fc.constant<PersonKind>('member') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PersonKind>('in two organizations', 'stranger', 'no password', 'suspended'),
  },
)

const outage: fc.Arbitrary<Outage> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.oneof(fc.integer({ min: SECOND, max: MINUTE }), fc.integer({ min: MINUTE, max: 3 * HOUR })),
  as: fc.constantFrom(
    'server error',
    'html',
    'throttled',
    'unreachable',
    'hangs',
    'hangs after the effect',
    'refuses everybody',
  ),
})

const brownout: fc.Arbitrary<Brownout> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.integer({ min: 10 * SECOND, max: HOUR }),
  as: fc.constantFrom('mixed', 'partial'),
})

const badDeploy: fc.Arbitrary<BadDeploy> = fc.record({
  from: fc.nat(10 * SECOND),
  lasts: fc.integer({ min: MINUTE, max: 2 * HOUR }),
  role: fc.constantFrom('fan-out', 'require-reset'),
})

const faults = (at: 'quota' | 'others', minLength: number) =>
  fc.array(faultArbitrary(at), { minLength, maxLength: 14 }).map((some) => some.flat())

const atMostOne = <Value>(value: fc.Arbitrary<Value>, times: number) =>
  rare(value, times).map((one) => (one === undefined ? [] : [one]))

/** Every scenario that a seed can stand for; fast-check makes it from the seed, and a smaller one when it breaks a promise. */
export const scenarioArbitrary: fc.Arbitrary<Scenario> = fc
  .constantFrom<Scenario['deployment'][]>(...Array(9).fill('narrow'), 'wide')
  .chain(scenarioOn)

function scenarioOn(deployment: Scenario['deployment']): fc.Arbitrary<Scenario> {
  const people = PEOPLE[deployment]
  const newPassword = fc.record({
    person: fc.nat(people - 1),
    at: fc.oneof(fc.nat(MINUTE), fc.nat(DAY)),
  })
  const scenario = fc.record({
    entropy: fc.noShrink(fc.integer()),
    deployment: fc.constant(deployment),
    people: fc.array(person, { minLength: people, maxLength: people }),
    produced: fc.array(producedOf(people), { minLength: 1, maxLength: 4 }),
    faults: faults('others', 0),
    outages: atMostOne(outage, 3),
    brownouts: atMostOne(brownout, 8),
    badDeploys: atMostOne(badDeploy, 8),
    rotation: rare(fc.record({ at: fc.nat(10 * SECOND), lag: fc.oneof(fc.nat(SECOND), fc.nat(HOUR)) }), 5),
    newPasswords: fc.array(newPassword, { maxLength: 6 }),
    redriveAt: rare(fc.integer({ min: DAY, max: 6 * DAY }), 2),
    trust: rare(fc.record({ sources: sourcesArbitrary, more: faults('quota', 2) }), 4),
  })
  return scenario.map(({ trust, ...rest }) => ({
    ...rest,
    sources: trust?.sources,
    faults: [...rest.faults, ...(trust?.more ?? [])],
  }))
}

/** Some steps are only taken when something else has gone wrong before. */
const CAUSES: Partial<Record<Step, readonly PlannedFault[]>> = {
  'write uncertain row': [
    { step: 'call', kind: 'unanswered', nth: 0 },
    { step: 'call', kind: 'swallowed', nth: 1 },
    { step: 'call', kind: 'unanswered', nth: 2 },
  ],
  'send remainder': [{ step: 'write reset row', kind: 'refused', nth: 0 }],
  'wait to send again': [{ step: 'send chunks', kind: 'partial', nth: 0 }],
  'wait to read again': [{ step: 'read page', kind: 'partial', nth: 0 }],
  'wait to write again': [{ step: 'write reset row', kind: 'partial', nth: 0 }],
}

const isSeldom = (step: Step) => step.endsWith('again') || step === 'write uncertain row'
const isOfQuota = (step: Step) => /quota|count/.test(step)
const hitsAt = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    FAULTS_AT[step].flatMap((kind) => Array(isSeldom(step) ? 3 : 1).fill({ step, kind })),
  ) as Pick<PlannedFault, 'step' | 'kind'>[]

/** A fault at a step, after what makes that step likely to be taken: at one that counts members, or at any other. */
function faultArbitrary(at: 'quota' | 'others'): fc.Arbitrary<readonly PlannedFault[]> {
  const steps = (Object.keys(FAULTS_AT) as Step[]).filter((step) => isOfQuota(step) === (at === 'quota'))
  return fc.constantFrom(...hitsAt(steps)).chain(({ step, kind }) => {
    const first = step === 'call' || step === 'wait' ? 8 : step.endsWith('again') ? 0 : 2
    const nth = fc.oneof({ weight: 3, arbitrary: fc.nat(first) }, { weight: 1, arbitrary: fc.nat(20) })
    const causes = fc.subarray([...(CAUSES[step] ?? [])], { minLength: CAUSES[step] ? 1 : 0 })
    return fc.tuple(nth, causes).map(([when, before]) => [{ step, kind, nth: when }, ...before])
  })
}

const rule = fc.record(
  {
    maxMembersPerEvent: fc.integer({ min: 4, max: 8 }),
    maxMembersPerHour: fc.integer({ min: 4, max: 20 }),
    highestMode: fc.constantFrom('enforce', 'enforce', 'dry_run'),
  },
  { requiredKeys: ['maxMembersPerHour'] },
)

/** What a stage says of the two sources of the producers: names one, both, or neither. */
const sourcesArbitrary: fc.Arbitrary<Scenario['sources']> = fc.oneof(
  fc.record({ '*': rule }),
  fc.record({ 'urn:even': rule, '*': rule }),
  fc.record({ 'urn:odd': rule, '*': rule }),
  fc.record({ 'urn:even': rule, 'urn:odd': rule }),
  fc.record({ 'urn:odd': rule }),
)

/** What can befall one request, or the process that makes it. */
export type FaultKind =
  /** The process dies and the request never leaves. */
  | 'crash before'
  /** The request has its effect, then the process dies. */
  | 'crash after'
  /** Answered with an error, without an effect. */
  | 'refused'
  /** The effect happens, the answer never comes. */
  | 'unanswered'
  /** Neither effect nor answer. */
  | 'swallowed'
  /** The SDK repeats a request whose answer was lost. */
  | 'sent twice'
  /** Half of the entries of a batch, or its only one, are not taken this time. */
  | 'partial'
  /** The first entry of a batch is the sender's fault: it will never be taken. */
  | 'never taken'
  | 'slow'
  /** 429, with or without Retry-After. */
  | 'throttled'
  /** The effect happens, the answer is a 200 that says nothing. */
  | 'unusable'
  /** The messages in work become visible again, and another environment receives them. */
  | 'delivered again'

const CRASH = ['crash before', 'crash after'] as const
const READ = [...CRASH, 'refused', 'slow', 'delivered again'] as const
const WRITE = [...READ, 'unanswered', 'partial'] as const
const SEND = [...WRITE, 'sent twice', 'never taken'] as const
const WAIT = ['crash before', 'delivered again'] as const
const ACKNOWLEDGE = [...READ, 'partial'] as const

/** Every await of both functions that something outside ends, in the order of the work, with what can happen there. */
export const FAULTS_AT = {
  'read quota': READ,
  'count members': [...READ, 'unanswered'],
  'write quota': [...READ, 'unanswered'],
  'send chunks': SEND,
  'send fan-out letters': SEND,
  'acknowledge event': ACKNOWLEDGE,
  'read secret': READ,
  'check sentinel': [...READ, 'unanswered'],
  'read page': [...READ, 'partial'],
  wait: WAIT,
  call: [...READ, 'unanswered', 'swallowed', 'throttled', 'unusable'],
  'write uncertain row': WRITE,
  'write reset row': WRITE,
  'send dead letters': SEND,
  'send remainder': SEND,
  'acknowledge chunk': ACKNOWLEDGE,
  'wait to send again': WAIT,
  'wait to read again': WAIT,
  'wait to write again': WAIT,
  'wait to count again': WAIT,
} as const satisfies Record<string, readonly FaultKind[]>

export type Step = keyof typeof FAULTS_AT

/** The value once in `times`; else undefined. */
function rare<Value>(value: fc.Arbitrary<Value>, times: number): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
}

const rowOf = (people: number): fc.Arbitrary<Row> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        person: fc.nat(people - 1),
        ids: fc.constantFrom('none', 'none', 'right', 'wrong'),
      }),
    },
    { weight: 1, arbitrary: fc.constant('bad') },
  )

/** What a producer sends, about people with a number below `people`. */
function producedOf(people: number): fc.Arbitrary<Produced> {
  return fc.record({
    kind: fc.constantFrom('event', 'event', 'event', 'event', 'event', 'in an SNS notification', 'rubbish'),
    rows: fc.array(rowOf(people), { minLength: people > 9 ? 20 : 1, maxLength: people + 1 }),
    sentAt: fc.oneof(fc.constant(0), fc.nat(5 * SECOND), fc.nat(HOUR)),
    copies: fc.array(fc.oneof(fc.nat(5 * SECOND), fc.nat(3 * DAY)), { maxLength: 1 }),
    clockOff: fc.oneof(fc.constant(0), fc.integer({ min: -10 * MINUTE, max: 6 * MINUTE })),
    exposedBefore: rare(
      fc.oneof(fc.constant(HOUR), fc.nat(2 * DAY), fc.constant<'at the last call'>('at the last call')),
      2,
    ),
    expiresAfter: rare(fc.nat(HOUR), 20),
    mode: rare(fc.constantFrom('enforce', 'dry_run'), 5),
  })
}

/** What a producer puts on the queue; moments in ms since the epoch. The stolen password in it must never come out again. */
export function toBody(
  { kind, rows, clockOff, exposedBefore, expiresAfter, mode }: Produced,
  context: { number: number; start: number; lastCallAt: number; emailOf: (person: number) => string },
): string {
  const { number, start, lastCallAt, emailOf } = context
  if (kind === 'rubbish') return `{"breach": "canary-rubbish ${emailOf(0)}"`
  const instant = (ms: number) => new Date(ms).toISOString()
  const detectedAt = start + clockOff
  const event = JSON.stringify({
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: number % 2 === 0 ? 'urn:even' : 'urn:odd',
    id: `event-${number >> 1}`,
    time: instant(detectedAt),
    ...(expiresAfter !== undefined && { expirytime: instant(start + expiresAfter) }),
    data: {
      reason: 'infostealer',
      ...(exposedBefore !== undefined && {
        exposed_at: instant(exposedBefore === 'at the last call' ? lastCallAt : start - exposedBefore),
      }),
      ...(mode && { mode }),
      members: rows.map((row) => toMember(row, emailOf)),
    },
  })
  return kind === 'event' ? event : JSON.stringify({ Type: 'Notification', Message: event })
}

function toMember(row: Row, emailOf: (person: number) => string) {
  if (row === 'bad') return { email_address: 'canary without an at sign' }
  const { person, ids } = row
  const email_address = person % 2 === 0 ? emailOf(person) : emailOf(person).toUpperCase()
  const stolen = { password: 'canary-stolen-password' }
  if (ids === 'none') return { email_address, ...stolen }
  const member_id = ids === 'right' ? `member-test-p${person}` : 'member-test-of-somebody-else'
  return { email_address, member_id, ...stolen }
}
