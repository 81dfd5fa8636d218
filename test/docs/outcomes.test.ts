import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CANARY_SOURCE } from '../../lib/contract/canary.ts'
import { CODES } from '../../lib/contract/codes.ts'
import { type OutcomeEvent, OutcomeEventSchema } from '../../lib/contract/outcome-event.ts'
import { matchesPattern } from './event-pattern.ts'
import { namesOfPatterns, problemsOf, readAsCloudEvent } from './outcome-consumer.ts'
import { filesOf } from './pages.ts'

const docs = new URL('../../docs/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, docs), 'utf8')
const page = read('outcomes.md')
const files = filesOf('docs/outcomes.md')

const examples = readdirSync(new URL('examples/outcomes', docs)).map((file) => {
  const text = read(`examples/outcomes/${file}`)
  return { name: file.replace('.json', ''), text, event: JSON.parse(text) as OutcomeEvent }
})
/** The examples that each pattern is for. */
const WANTED: Record<string, readonly string[]> = {
  'ended.json': ['finished', 'finished-redrive', 'refused', 'refused-unreadable'],
  'attention.json': ['finished', 'refused', 'refused-unreadable'],
}

describe.each(examples)('the example $name of an outcome event', ({ name, text, event }) => {
  it('is taken by the published schema and by the code, which knows every field of it', () => {
    expect(problemsOf(event)).toEqual([])
    expect(OutcomeEventSchema.parse(event)).toEqual(event)
  })

  it('is parsed by the SDK of CloudEvents, with nothing left over', () => {
    expect(readAsCloudEvent(text)).toEqual(event)
  })

  it('is linked on the page, and matched by the patterns that it should be matched by', () => {
    expect(page).toContain(`(examples/outcomes/${name}.json)`)
    const wanting = Object.keys(WANTED).filter((file) => WANTED[file]?.includes(name))
    expect(namesOfPatterns(event)).toEqual(wanting)
  })

  it('has counts that add up, codes that there are, and says whether it is a canary', () => {
    const { data } = event
    expect(data.canary).toBe(data.event?.source === CANARY_SOURCE)
    if ('code' in data) expect(CODES).toHaveProperty(data.code)
    if (!('reset' in data)) return
    const { reset, skipped, dead_lettered, sessions } = data
    expect(reset.count + skipped.count + dead_lettered.count).toBe(data.row_count)
    expect(sessions.ended.count + sessions.skipped.count + sessions.dead_lettered.count).toBe(
      sessions.row_count,
    )
    for (const { count, by_code } of [skipped, dead_lettered, sessions.skipped, sessions.dead_lettered]) {
      expect(Object.values(by_code).reduce((sum, counted) => sum + counted.count, 0)).toBe(count)
      for (const code of Object.keys(by_code)) expect(CODES).toHaveProperty(code)
    }
  })
})

it('the examples show each type', () => {
  const types = OutcomeEventSchema.options.map(({ shape }) => shape.type.value)
  expect(new Set(examples.map(({ event }) => event.type))).toEqual(new Set(types))
})

it('docs/outcomes.md shows the finished event as it is, names every field, and only files that are there', () => {
  expect(page).toContain(`\`\`\`json\n${read('examples/outcomes/finished.json')}\`\`\``)
  const fields = OutcomeEventSchema.options.flatMap(({ shape }) => Object.keys(shape.data.shape))
  for (const field of fields.filter((name) => name !== 'stage')) expect(page).toContain(`\`data.${field}\``)
  const named = [...page.matchAll(/file:\/\/(\S+)/g)].map(([, file]) => file)
  const described = Object.keys(files)
  expect(named.filter((file) => !described.includes(file ?? ''))).toEqual([])
  expect(described.filter((file) => !named.includes(file))).toEqual([])
})

it('the event on a bus is matched by the pattern that the page tries on it', () => {
  const { 'attention.json': pattern = '', 'event-of-bus.json': event = '' } = files
  expect(matchesPattern(JSON.parse(pattern), JSON.parse(event))).toBe(true)
})

describe('the notification for a chat channel', () => {
  const [{ InputTransformer: template }] = JSON.parse(files['chat-targets.json'] ?? '')

  it.each(examples)(
    'is JSON that says the stage, of $name, whatever text a sender has put into it',
    ({ event }) => {
      const { subject, data } = event
      const hostile = { ...event, subject: subject && '"', data: { ...data, reason: '"', detail: '"' } }
      const text = fillTemplate(template, { detail: hostile })
      const stage = expect.stringContaining(data.stage)
      expect(JSON.parse(text)).toEqual({
        ...{ version: '1.0', source: 'custom' },
        content: { title: stage, description: stage },
      })
    },
  )
})

/** As EventBridge does inside of a string: a value as it is, nothing for what is missing. */
function fillTemplate(
  {
    InputPathsMap: paths,
    InputTemplate: text,
  }: { InputPathsMap: Record<string, string>; InputTemplate: string },
  event: unknown,
): string {
  const read = (path: string) =>
    path
      .split('.')
      .slice(1)
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event)
  return text.replaceAll(/<(\w+)>/g, (_, name) => String(read(paths[name] ?? '') ?? ''))
}

describe('a pattern', () => {
  const event = { source: 'a', detail: { n: 5, deep: { yes: true } } }
  it.each<[object, boolean]>([
    [{ source: ['a'] }, true],
    [{ source: ['b', 'a'] }, true],
    [{ source: ['b'] }, false],
    [{ missing: ['a'] }, false],
    [{ missing: [{ exists: false }] }, true],
    [{ detail: { n: [{ exists: false }] } }, false],
    [{ detail: { deep: { yes: [true] }, n: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
    [{ detail: { n: [{ numeric: ['>', 5] }] } }, false],
    [{ source: [{ 'anything-but': 'a' }] }, false],
    [{ missing: [{ 'anything-but': 'a' }] }, false],
    [{ source: ['a'], $or: [{ detail: { n: [1] } }, { detail: { n: [5] } }] }, true],
    [{ source: ['b'], $or: [{ detail: { n: [5] } }] }, false],
  ])('%j matches as EventBridge does: %s', (pattern, matches) => {
    expect(matchesPattern(pattern, event)).toBe(matches)
  })
})
