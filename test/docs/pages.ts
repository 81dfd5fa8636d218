import { readFileSync } from 'node:fs'
import path from 'node:path'
import { runInNewContext } from 'node:vm'
import type { Producers } from '../../infra/props.ts'
import type { Entry } from '../fixtures/from-event-bridge.ts'

const ROOT = path.join(import.meta.dirname, '../..')

/** The JSON blocks of a page, such as `docs/contract.md`, in order, as text. */
export function jsonBlocksOf(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  return [...text.matchAll(/^```json\n([\s\S]*?)\n```$/gm)].map(([, block = '']) => block)
}

/** The JSON blocks of a page that it says to save, by the name of their file. */
export function filesOf(page: string): Record<string, string> {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  const blocks = text.matchAll(/`([\w-]+\.json)`[^`\n]*:\n\n```json\n([\s\S]*?)\n```$/gm)
  return Object.fromEntries([...blocks].map(([, file = '', block = '']) => [file, block]))
}

/** The anchors that GitHub makes from a page's headings. */
export function anchorsOf(page: string): string[] {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** The `entries.json` of docs/producers.md. */
export const documentedEntries: Entry[] = jsonBlocksOf('docs/producers.md')
  .filter((block) => block.includes('"DetailType"'))
  .flatMap((block) => JSON.parse(block))

const deployPage = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8')
const [, setting = ''] = deployPage.match(/^```ts\n(producers: [\s\S]*?)\n```$/m) ?? []

/** The `producers` that docs/deploy.md puts into a stage. */
export const documentedProducers: Producers & { roles: string[]; topics: string[] } = JSON.parse(
  JSON.stringify(runInNewContext(`({ ${setting} })`).producers),
)
