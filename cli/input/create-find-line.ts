import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser'
import { lineAt } from './line-at.ts'

/**
 * Returns what finds the line, from 1, of a field of a JSON text by its path, such as `data.members.3.email_address`; of its
 * nearest parent when it is missing.
 */
export function createFindLine(json: string): (field: string) => number {
  let root: Node | undefined
  return (field) => {
    root ??= parseTree(json)
    const path = field.split('.').map((name) => (/^\d+$/.test(name) ? Number(name) : name))
    for (let length = path.length; root && length > 0; length--) {
      const node = findNodeAtLocation(root, path.slice(0, length))
      if (node) return lineAt(json, node.offset)
    }
    return lineAt(json, root?.offset ?? 0)
  }
}
