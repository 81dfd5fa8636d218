import { findNodeAtLocation, getNodeValue, type Node, parseTree } from 'jsonc-parser'
import { createLineAt } from './create-line-at.ts'

/**
 * Returns what finds the line, from 1, of a field of a JSON text by its path, such as `data.members.3.email_address`; of its
 * nearest parent when it is missing. A number stands for a place in a list, or in an object in the order of Object.keys.
 */
export function createFindLine(json: string): (field: string) => number {
  let parsed: { root: Node | undefined; lineAt: (offset: number) => number } | undefined
  const keys = new Map<Node, string[]>()

  function toSegment(node: Node, name: string): string | number {
    if (!/^\d+$/.test(name)) return name
    if (node.type !== 'object') return Number(name)
    const names = keys.get(node) ?? Object.keys(getNodeValue(node))
    keys.set(node, names)
    return names[Number(name)] ?? name
  }

  return (field) => {
    parsed ??= { root: parseTree(json), lineAt: createLineAt(json) }
    let node = parsed.root
    for (const name of field.split('.')) {
      const child = node && findNodeAtLocation(node, [toSegment(node, name)])
      if (!child) break
      node = child
    }
    return parsed.lineAt(node?.offset ?? 0)
  }
}
