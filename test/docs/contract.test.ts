import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BreachEventSchema, BreachSchema, MemberSchema } from '../../lib/contract/breach-event.ts'
import { checkMembers } from '../../lib/contract/check-breach-event.ts'
import { computeFence } from '../../lib/contract/fence.ts'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'

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
  const read = readBreachEvent(body, NOW)
  if (read.kind === 'rejected') return read.rejection.code
  return checkMembers(read.event.data.members).invalid.length > 0 ? 'invalid_member' : 'accepted'
}

const FIELDS = [
  BreachEventSchema.shape,
  BreachEventSchema.shape.data.shape,
  BreachSchema.shape,
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
    const { fence: _, resetrun: _run, ...all } = BreachEventSchema.shape
    expect(events.map((event) => Object.keys(event).toSorted())).toContainEqual(Object.keys(all).toSorted())
  })

  it.each(FIELDS.filter((name) => name !== 'data'))('explains the field %s', (name) => {
    expect(page).toMatch(new RegExp(`\\| \`(data\\.)?(members\\[\\]\\.|breach\\.)?${name}\``))
  })

  it.each(fences)('says which fence follows from exposed_at $exposed_at', ({ exposed_at, fence }) => {
    const event = { time: '2026-11-20T10:00:00Z', data: { exposed_at } }
    expect(computeFence(event, Date.parse('2026-11-20T10:01:00Z'))).toBe(fence)
  })
})
