import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { SkipCode } from '../../functions/require-reset/person.ts'
import { BreachEventSchema, MemberSchema } from '../../lib/contract/breach-event.ts'
import { checkBreachEvent, checkMembers, type Rejection } from '../../lib/contract/check-breach-event.ts'
import { computeFence } from '../../lib/contract/fence.ts'
import { unwrapEnvelopes } from '../../lib/contract/unwrap-envelopes.ts'
import { CONFIGURATION_FAULTS, MEMBER_FAULTS, NOT_FOUND } from '../../lib/stytch/error-types.ts'
import type { Verdict } from '../../lib/stytch/judge-answer.ts'
import type { Answer } from '../../lib/stytch/require-reset.ts'
import { WHOLE_EVENT_CODES } from '../fixtures/whole-event-codes.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const page = readFileSync(new URL('../../docs/contract.md', import.meta.url), 'utf8')

const JSON_BLOCK = /(?:<!-- refused: (?<refused>\w+) -->\n)?```json\n(?<body>[\s\S]*?)\n```/g
const blocks = [...page.matchAll(JSON_BLOCK)].map((match) => ({
  line: page.slice(0, match.index).split('\n').length,
  body: match.groups?.body ?? '',
  ending: match.groups?.refused ?? 'accepted',
}))

const FENCE_ROW = /^\| the same, `exposed_at` (\S+) \| (\S+) \|$/gm
const fences = [...page.matchAll(FENCE_ROW)].map(([, exposed_at, fence]) => ({ exposed_at, fence }))

/** How the code judges a body up to the stage's own limits: `accepted`, or the code of the first refusal. */
function judge(body: string): string {
  const unwrapped = unwrapEnvelopes(body)
  const checked = unwrapped.kind === 'parsed' ? checkBreachEvent(unwrapped.value, NOW) : unwrapped
  if (checked.kind === 'rejected') return checked.rejection.code
  return checkMembers(checked.event.data.members).invalid.length > 0 ? 'invalid_member' : 'accepted'
}

/** Codes that exist only as types: `satisfies` makes tsc fail when one is added and not listed here. */
const REJECTIONS = {
  empty_body: true,
  not_json: true,
  nested_too_deep: true,
  too_many_envelopes: true,
  not_a_breach_event: true,
  unsupported_type: true,
  invalid_event: true,
  in_future: true,
} satisfies Record<Rejection['code'], true>
const SKIPPED = {
  covered: true,
  no_password: true,
  not_a_member: true,
  dry_run: true,
} satisfies Record<SkipCode, true>
const UNUSABLE = {
  invalid_response: true,
  response_mismatch: true,
} satisfies Record<Extract<Verdict, { kind: 'unusable' }>['code'], true>
const NO_ANSWER = {
  timeout: true,
  connection_lost: true,
  unreachable: true,
} satisfies Record<Exclude<Answer, { kind: 'answered' }>['code'], true>

/** Codes written as plain strings where they arise. */
const STRINGS = [
  'duplicate',
  'invalid_member',
  'unsendable',
  'ledger_unavailable',
  'secret_or_ledger_unavailable',
  'stytch_secret_invalid',
  'ledger_key_mismatch',
  'too_many_requests',
  'out_of_time',
  'http_<status>',
]

const FIELDS = [
  BreachEventSchema.shape,
  BreachEventSchema.shape.data.shape,
  BreachEventSchema.shape.data.shape.breach.unwrap().shape,
  MemberSchema.shape,
].flatMap((shape) => Object.keys(shape))

describe('docs/contract.md', () => {
  it('shows examples of both kinds, none of them in a block that this test would miss', () => {
    expect(blocks.length).toBe(page.match(/^```json/gm)?.length)
    expect(page.match(/<!-- refused: /g)?.length).toBe(
      blocks.filter(({ ending }) => ending !== 'accepted').length,
    )
    expect(blocks.length).toBeGreaterThan(6)
  })

  it.each(blocks)('says what becomes of the example on line $line: $ending', ({ body, ending }) => {
    expect(judge(body)).toBe(ending)
  })

  it('shows an example with every field', () => {
    const events = blocks.map(({ body }) => JSON.parse(body)).filter((event) => !('fence' in event))
    const { fence: _, ...all } = BreachEventSchema.shape
    expect(events.map((event) => Object.keys(event).toSorted())).toContainEqual(Object.keys(all).toSorted())
  })

  it.each(
    Object.keys({ ...REJECTIONS, ...SKIPPED, ...UNUSABLE, ...NO_ANSWER })
      .concat(STRINGS, ...WHOLE_EVENT_CODES)
      .concat(...CONFIGURATION_FAULTS, ...MEMBER_FAULTS, ...NOT_FOUND),
  )('explains the code %s', (code) => {
    expect(page).toContain(`\`${code}\``)
  })

  it.each(FIELDS.filter((name) => name !== 'data'))('explains the field %s', (name) => {
    expect(page).toMatch(new RegExp(`\\| \`(data\\.)?(members\\[\\]\\.|breach\\.)?${name}\``))
  })

  it.each(fences)('says which fence follows from exposed_at $exposed_at', ({ exposed_at, fence }) => {
    const event = { time: '2026-11-20T10:00:00Z', data: { exposed_at } }
    expect(computeFence(event, Date.parse('2026-11-20T10:01:00Z'))).toBe(fence)
  })
})
