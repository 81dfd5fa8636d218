import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { parseJson } from '../../../lib/contract/parse-json.ts'

describe('parseJson on equal keys', () => {
  it.each([
    ['two lists of members', '{"data":{"members":[1],"members":[2]}}', 'members'],
    ['two modes', '{"data":{"mode":"dry_run","members":[],"mode":"enforce"}}', 'mode'],
    ['a key that is written in two ways', String.raw`{"mode":1,"m\u006fde":2}`, 'mode'],
    ['a key in a list in a list', '[[{"a":1},{"id":1,"id":1}]]', 'id'],
    ['a key around an object with that key', '{"data":{"data":1},"data":2}', 'data'],
    ['a key after a list of objects', '{"id":[{"id":1},{"id":2}],"id":3}', 'id'],
    ['a name of an envelope', '{"detail-type":"x","detail":{},"detail":{}}', 'detail'],
    ['a name that is not in the contract', '{"ada@customer.example":1,"ada@customer.example":2}', 'body'],
    ['__proto__', '{"__proto__":1,"__proto__":2}', 'body'],
    ['an empty name', '{"":1,"":2}', 'body'],
  ])('refuses %s, and names no key that could be personal data', (_, text, field) => {
    const parsed = parseJson(text)
    expect(parsed).toMatchObject({ kind: 'rejected', rejection: { code: 'duplicate_key' } })
    const detail = parsed.kind === 'rejected' ? parsed.rejection.detail : ''
    expect(detail.split(': ')[0]).toBe(field)
    expect(detail).not.toContain('ada')
  })

  it.each([
    ['the same key in neighbours', '[{"id":1},{"id":2},{"mode":3,"id":4}]'],
    ['the same key in parent and child', '{"data":{"data":{"data":1}},"id":1}'],
    ['texts that look like keys', String.raw`{"a":["b","b"],"b":"\",\"a\":1","c":",\"a\":"}`],
    ['keys that differ in capitals', '{"id":1,"ID":2}'],
  ])('takes %s', (_, text) => {
    expect(parseJson(text)).toEqual({ kind: 'parsed', value: JSON.parse(text) })
  })

  it('says of a text that is not JSON that it is not, whatever is twice in it', () => {
    for (const text of ['{"id":1,"id":2', '{"id":1,"id"', '{"\\u00":1,"\\u00":2}', ']{"id":1,"id":2}'])
      expect(parseJson(text)).toMatchObject({ rejection: { code: 'not_json' } })
  })

  it('reads a text that is not JSON once, however many of its keys are broken', () => {
    const parse = vi.spyOn(JSON, 'parse')
    onTestFinished(() => parse.mockRestore())
    expect(parseJson(`{${String.raw`"\x",`.repeat(1000)}`)).toMatchObject({ rejection: { code: 'not_json' } })
    expect(parse).toHaveBeenCalledTimes(1)
  })
})
