import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EMAIL_PATTERNS } from '../../../lib/contract/json-schema.ts'
import { startPython } from '../../docs/examples/start-python.ts'

const file = readFileSync(new URL('../../../docs/breach-event.v1.schema.json', import.meta.url), 'utf8')
const patterns = new Set([...file.matchAll(/"pattern": (".*")/g)].map(([, text = '']) => JSON.parse(text)))

describe('the regular expressions of docs/breach-event.v1.schema.json in Python', async () => {
  const python = await startPython({})
  python.evaluate('import json, re')
  const matches = (pattern: string, text: string) =>
    python.evaluate(
      `bool(re.search(json.loads(${JSON.stringify(JSON.stringify(pattern))}), ${JSON.stringify(text)}))`,
    )

  it('compile, all of them', () => {
    expect(patterns.size).toBeGreaterThan(5)
    for (const pattern of patterns) expect(matches(pattern, '')).toBeTypeOf('boolean')
  })

  it.each([
    ['ada@customer.example', true],
    [' юля@почта.example\n', true],
    ["a!#$%&'*+-/=?^_`{|}~.0@x-1.example", true],
    ['𐐨@𐐨.example', true],
    ['ada@テスト・例.jp', true],
    ['\u00a0ada@x.example\ufeff', true],
    ['<a@b>', false],
    ['“a@b”', false],
    ['a\\b@c', false],
    ['a@b;', false],
    ['a@b.', false],
    ['😀@b', false],
    ['a b@c', false],
    ['a\u00a0b@c', false],
    ['a·b@c', false],
    ['a\u200b@b', false],
    ['a\u0007@b', false],
    ['a@b@c', false],
    [`${'x'.repeat(319)}@b`, false],
  ])('judge the address %j: %s', (address, isTaken) => {
    expect(EMAIL_PATTERNS.every((pattern) => matches(pattern, address))).toBe(isTaken)
  })
})
