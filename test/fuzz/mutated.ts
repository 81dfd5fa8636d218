import fc from 'fast-check'
import { hostileText } from './hostile-text.ts'
import { hostileValue } from './hostile-value.ts'

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

/** Every place in a value that a mutation can happen to, outermost first. */
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
