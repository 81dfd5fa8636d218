import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
const INLINE = /`((?:npm|npx|aws|git|export) [^`]+)`/g

/** Every command in README.md and docs/*.md, each once: the lines of shell blocks, and what stands in backticks. */
export function extractCommands(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'))
  const pages = ['README.md', ...docs.map((file) => `docs/${file}`)]
  const commands = pages.flatMap((page) => {
    const text = readFileSync(path.join(ROOT, page), 'utf8')
    const blocks = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => block)
    const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    const inline = [...text.matchAll(INLINE)].map(([, command = '']) => command)
    return [...lines.map((line) => line.trim()).filter(Boolean), ...inline]
  })
  return [...new Set(commands)]
}
