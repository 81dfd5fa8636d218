import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { toDeliveries } from '../../../cli/progress/deliveries.ts'
import { toPage } from '../../../cli/report/page.ts'
import { toJson, toReport } from '../../../cli/report/to-report.ts'
import { describeCode } from '../../../lib/contract/codes.ts'
import type { Fact } from '../../../lib/progress/fact.ts'
import { AT, accepted, deadLettered, ended, refused, reset, settled } from '../progress/facts.ts'

const FINISHED = [
  accepted('0-1'),
  settled('require-reset', [reset(0), deadLettered(1, 'organization_suspended')], { passedOn: [0] }),
  settled('end-sessions', [ended(0)]),
]

function page(facts: readonly Fact[], people?: readonly (string | undefined)[]) {
  const history = toDeliveries(facts)
  const [first] = history
  if (!first) throw new Error('no facts')
  return { html: toPage(first, history, people), json: toJson(toReport(first, history)) }
}

/** What the body begins with. */
const firstWords = (html: string) => /<body><main>\s*(?:<[^>]+>)*([^<]+)/.exec(html)?.[1]

it('needs nothing else, and has no script and no style that its own policy does not allow', () => {
  const { html } = page(FINISHED)
  const style = /<style>(.+?)<\/style>/s.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(html).toContain(`content="default-src 'none'; style-src 'sha256-${hash}';`)
  expect(html.match(/<style/g)).toHaveLength(1)
  expect(html).not.toMatch(/ style=|<script|<link|<img| on\w+=|url\((?!#)|href=/)
  expect(html.match(/<svg aria-hidden="true"/g)).toHaveLength(1)
})

it('has the SHA-256 of what --json prints, also when it has names', () => {
  const { html, json } = page(FINISHED, ['ada@customer.example', undefined])
  expect(html).toContain(createHash('sha256').update(json).digest('hex'))
  expect(html).toContain('ada@customer.example')
  expect(html).toContain('matched by row number')
  expect(page(FINISHED).html).not.toContain('matched by row number')
  expect(json).not.toContain('@')
})

it('escapes ids, sources and names', () => {
  const event = { source: `urn:<b>"&'`, id: `x</title><script>alert(1)</script>` }
  const facts = FINISHED.map((fact) => ({ ...fact, event }))
  const { html } = page(facts, [`"><img src=x onerror='alert(1)'>@evil.example`])
  expect(html).not.toMatch(/<script|<img|<b>/)
  expect(html).toContain('x&#60;/title&#62;')
})

it('compares an event whose id and source begin with a dash or with = by a command that takes them', () => {
  const { html } = page(FINISHED.map((fact) => ({ ...fact, event: { source: '-s', id: '-x' } })))
  expect(html).toMatch(/report --source=-s --run \S+ --stage NAME --json -- -x \| sha256sum/)
  const inZsh = page(FINISHED.map((fact) => ({ ...fact, event: { source: 's', id: '=x' } })))
  expect(inZsh.html).toContain('report &#39;=x&#39; --source s ')
})

it.each([
  ['that it is not finished', [accepted('0-1')], 'Not finished.'],
  ['that nothing of it was taken', [refused('over_limit', '0-1')], 'Refused.'],
  [
    'that it was a dry run',
    FINISHED.map((fact) =>
      fact.accepted ? { ...fact, accepted: { ...fact.accepted, mode: 'dry_run' as const } } : fact,
    ),
    'A dry run.',
  ],
  ['nothing of the kind when all is well', FINISHED, 'Breach Reset: what became of a breach event'],
])('says first %s', (_, facts, words) => {
  expect(firstWords(page(facts).html)).toBe(words)
})

it('says of an event that was refused when that was, and not that it is to finish', () => {
  const { html } = page([refused('over_limit', '0-1')])
  expect(html).toMatch(/Refused<\/th><td><time>2026-11-29 02:10:00\.000</)
  expect(html).not.toContain('not finished')
})

it('says who sent the event, when it was refused, and who redrove it', () => {
  const { html } = page([
    refused('over_limit', '0-1', { run: 'whole', sender: 'AROAPRODUCER' }),
    accepted('0-1', { run: 'piece', of: 'whole', at: AT + 60_000, sender: 'AROAOPERATOR' }),
  ])
  expect(html).toMatch(/Sender[^<]*<\/th><td><code>AROAPRODUCER</)
  expect(html).toMatch(/Refused<\/th><td><time>2026-11-29 02:10:00\.000</)
  expect(html).toMatch(/2026-11-29 02:10:00\.000.*<code>over_limit<\/code>.*<code>AROAPRODUCER<\/code>/)
  expect(html).toMatch(/<td>redrive<\/td>.*<code>AROAOPERATOR<\/code>/)
})

it('says what can be done about each row that could not be reset', () => {
  expect(page(FINISHED).html).toContain(describeCode('organization_suspended').remedy)
})

it('has tables with a caption and headers that name their columns and rows', () => {
  const { html } = page(FINISHED)
  const tables = html.match(/<table.+?<\/table>/gs) ?? []
  expect(tables.length).toBeGreaterThan(5)
  for (const table of tables) expect(table).toMatch(/<caption>[^<]+<\/caption>.*<th scope="(?:row|col)"/s)
})
