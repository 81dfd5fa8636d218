import { readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')

/** The JSON blocks of a page, such as `docs/contract.md`, in their order, as text. */
export function jsonBlocksOf(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```json\n([\s\S]*?)\n```$/gm)].map(([, block = '']) => block)
}
