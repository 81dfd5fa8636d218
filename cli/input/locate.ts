import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser'
import type { JsonText } from './json-texts.ts'
import { createPositionAt } from './position.ts'

/** Where something is in an input: the line, and the path to it. */
export type Place = { line: number; field: string }

/**
 * Returns a function that finds a path in a JSON text, such as `data.members.3.email_address`, or its nearest parent when it is
 * missing. A number is a position in a list, or in an object in the order of Object.keys. JSON in a string has no lines of its own:
 * ` → ` begins the path in it, and the line is that of the string.
 */
export function createLocate({ text, start }: JsonText): (path: string) => Place {
  let parsed: { root: Node | undefined; lineOf: (node: Node | undefined) => number } | undefined
  const findChild = createFindChild()

  function parseOnce() {
    const positionAt = createPositionAt(text)
    const lineOf = (node: Node | undefined) => start.line + positionAt(node?.offset ?? 0).line - 1
    return { root: parseTree(text), lineOf }
  }

  return (path) => {
    parsed ??= parseOnce()
    let node = parsed.root
    let nearest = node
    let isInString = false
    let field = ''
    for (const name of path.split('.')) {
      const separator = node?.type === 'string' ? ' → ' : '.'
      field += `${field && separator}${name}`
      isInString ||= node?.type === 'string'
      node = node && findChild(node, name)
      if (node && !isInString) nearest = node
    }
    return { line: parsed.lineOf(nearest), field }
  }
}

/** Returns a function that finds a child of an object, of a list, or of what a string holds as JSON. */
function createFindChild(): (node: Node, name: string) => Node | undefined {
  const keys = new Map<Node, string[]>()
  const held = new Map<Node, Node | undefined>()

  function heldBy(node: Node): Node | undefined {
    if (node.type !== 'string') return node
    const parse = () => parseTree(node.value)
    if (!held.has(node)) held.set(node, unlessTooDeep(parse))
    return held.get(node)
  }

  function toSegment(node: Node, name: string): string | number {
    if (!/^\d+$/.test(name)) return name
    if (node.type !== 'object') return Number(name)
    const names = keys.get(node) ?? Object.keys(getNodeValue(node))
    keys.set(node, names)
    return names[Number(name)] ?? name
  }

  return (node, name) => {
    const parent = heldBy(node)
    return parent && findNodeAtLocation(parent, [toSegment(parent, name)])
  }
}

/** What jsonc-parser makes of a text; undefined when it is nested deeper than the stack of calls can be. */
export function unlessTooDeep<Parsed>(parse: () => Parsed): Parsed | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
