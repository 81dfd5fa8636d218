import fc from 'fast-check'
import { ENCODED_MEMBER, MEMBER, PASSWORD } from '../leaks/planted.ts'

const SURROGATES = { first: 0xd800, count: 0x800 }

/** Any character of Unicode, every other one of ASCII. fast-check's own `binary` first makes a list of all characters, for a second. */
const character = fc
  .oneof(fc.nat(0x7f), fc.nat(0x10ffff - SURROGATES.count))
  .map((rank) => String.fromCodePoint(rank < SURROGATES.first ? rank : rank + SURROGATES.count))

export const anyText: fc.Arbitrary<string> = fc.string({ unit: character })

/** Text that breaks naive code: planted values, names of prototypes, Unicode that XML, JSON or case folding trips over, long text. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(MEMBER, ENCODED_MEMBER, PASSWORD, '__proto__', 'constructor', 'toString'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['', ' ', '\0', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffe', '\uffff', '\ud800', '\udfff'],
      ...['\u202eelpmaxe.kael@ada', 'e\u0301@x.example', '\u200bada@x.example', 'İ@x.example'],
      ...['ΑΣ@x.example', '"', '\\', '\\u0000', "'", '$&', '%', '{}', '[', '1e400', '-0', '0x1'],
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: character, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom(128, 320, 321, 512, 5000).map((length) => 'x'.repeat(length)) },
)

/** Dates and timestamps, legal and not, at the edges of calendars, of RFC 3339 and of what this project allows around 2026-11-20T12:00:00Z. */
export const edgeMoment: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...['0000-01-01', '0000-02-29T00:00:00Z', '1969-12-31', '1970-01-01', '9999-12-31', '2026-02-30'],
    ...['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00+23:59'],
    ...['2016-12-31T23:59:60Z', '2026-11-20T24:00:00Z', '2026-11-20T10:00Z', '2026-11-20t10:00:00z'],
    ...['9999-12-31T23:59:59-23:59', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z'],
    ...['2026-11-20', '2026-11-21', '2026-11-20T12:05:00Z', '2026-11-20T12:05:00.001Z'],
    ...['2026-11-20T14:00:00+02:00', '2026-11-20T00:00:00-23:59', '2026-11-20T10:00:00-00:00'],
    `2026-11-20T10:00:00.${'1'.repeat(2000)}Z`,
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
)

const nested = fc
  .tuple(
    fc.constantFrom(2, 29, 31, 32, 33, 400),
    fc.constantFrom(['[', ']'] as const, ['{"a":', '}'] as const),
  )
  .map(([depth, [open, close]]): unknown => JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`))

const traps = [
  `{"__proto__":{"email_address":"${MEMBER}","specversion":"1.0"}}`,
  '{"__proto__":null}',
  '{"toString":1,"valueOf":1}',
  '{"constructor":{"prototype":1},"toJSON":1}',
  `{"length":3,"0":"${PASSWORD}"}`,
]

/** A JSON value of any type: texts, moments, extreme numbers, deep nesting, objects that pose as something else. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  { weight: 3, arbitrary: edgeMoment },
  { weight: 3, arbitrary: fc.constantFrom(null, true, false, 0, -1, 0.5, 2 ** 53, 1e308, 5e-324, 200, 401) },
  { weight: 2, arbitrary: fc.constantFrom(...traps).map((json): unknown => JSON.parse(json)) },
  { weight: 1, arbitrary: nested },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(hostileText, hostileText, { maxKeys: 3 }) },
)

/** The usual value in nine of ten runs, so that most get as far as what they test; otherwise a rare one. */
export function mostly<Value>(usual: Value, ...rare: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  )
}

const edit = fc.record({
  op: fc.constantFrom('cut off', 'take out', 'put in', 'repeat key'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(20),
  text: fc.oneof(hostileText, fc.constantFrom('1e400', '-1e400', '12345678901234567890', '[', '{', '\ufeff')),
})

/** The texts of `base`, one in three after an edit that ignores their meaning, or that gives an object a key twice. */
export function editedText(base: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(base, fc.option(edit, { freq: 1 })).map(([text, step]) => {
    if (!step) return text
    const at = Math.floor(step.at * text.length)
    if (step.op === 'cut off') return text.slice(0, at)
    if (step.op === 'take out') return text.slice(0, at) + text.slice(at + step.length)
    if (step.op === 'put in') return text.slice(0, at) + step.text + text.slice(at)
    const [key] = /"\w+":/.exec(text.slice(at)) ?? []
    const value = /^-?\d/.test(step.text) ? step.text : JSON.stringify(step.text)
    return key ? text.replace(/\}(?=[^}]*$)/, `,${key}${value}}`).replace(key, `${key}${value},${key}`) : text
  })
}

type Container = Record<PropertyKey, unknown>
type Mutation = { op: (typeof OPS)[number]; at: number; other: number; key: string; value: unknown }

const OPS = ['delete', 'replace', 'insert', 'duplicate', 'swap', 'nest', 'cut', 'multiply'] as const
const MAX_SLOTS = 500

const mutation: fc.Arbitrary<Mutation> = fc.record({
  op: fc.constantFrom(...OPS),
  at: fc.nat(),
  other: fc.nat(),
  key: hostileText,
  value: hostileValue,
})

/** The JSON values of `base`, each after up to three mutations somewhere in it; one in three as it is. */
export function mutated(base: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const mutations = fc.oneof(fc.constant([]), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  return fc.tuple(base, fc.oneof(mutations, mutations, fc.constant([]))).map(([value, steps]) => {
    const root: Container = { value: structuredClone(value) }
    for (const step of steps) mutate(root, step)
    return root.value
  })
}

function mutate(root: Container, { op, at, other, key, value }: Mutation): void {
  const slots = slotsOf(root)
  const [parent, name] = slots[at % slots.length] ?? [root, 'value']
  const [otherParent, otherName] = slots[other % slots.length] ?? [root, 'value']
  const current = parent[name]
  const copy = structuredClone(current)
  if (op === 'delete') Array.isArray(parent) ? parent.splice(Number(name), 1) : delete parent[name]
  if (op === 'replace') put(parent, name, value)
  if (op === 'insert') Array.isArray(parent) ? parent.push(value) : put(parent, key, value)
  if (op === 'duplicate') Array.isArray(parent) ? parent.push(copy) : put(parent, key, copy)
  if (op === 'swap') {
    put(parent, name, structuredClone(otherParent[otherName]))
    put(otherParent, otherName, copy)
  }
  if (op === 'nest') put(parent, name, other % 2 ? [current] : put({}, key, current))
  if (op === 'cut' && (Array.isArray(current) || typeof current === 'string'))
    put(parent, name, current.slice(0, other % (current.length + 1)))
  if (op === 'multiply' && Array.isArray(current))
    put(parent, name, Array(other % 20 ? 3 : 10_001).fill(current[0]))
}

/** Every place in a value that a mutation can change, outermost first. */
function slotsOf(root: Container): [Container, string][] {
  const slots: [Container, string][] = [[root, 'value']]
  for (let next = 0; next < slots.length && slots.length < MAX_SLOTS; next++) {
    const [parent, name] = slots[next] ?? [root, 'value']
    const inside = parent[name]
    if (typeof inside !== 'object' || inside === null) continue
    for (const key of Object.keys(inside)) slots.push([inside as Container, key])
  }
  return slots
}

/** Sets an own property, also one that is called `__proto__`. */
function put(target: Container, key: string, value: unknown): Container {
  return Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Levels of nesting, counted on the value and not on its text. */
export function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
