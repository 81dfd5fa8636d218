import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
const COPIED = ['docs', 'README.md', 'SECURITY.md', 'CHANGELOG.md', 'LICENSE']
const IN_THE_PACKAGE = `> This is the README of the repository. The package has the [construct](docs/deploy.md#in-your-own-cdk-app), the
> [library for producers](docs/producers.md#from-your-own-code) and the command \`npx --no breach-reset\`. Commands that begin with \`npm\` or \`npx cdk\` need a clone.`

/**
 * Copies the documentation into the folder that the first argument names. Of a link to a file that only the repository has, its text
 * is kept. The README begins with what else does not hold in the package.
 */
const [target = 'dist'] = process.argv.slice(2)
const readme = path.join(target, 'README.md')
for (const name of COPIED) await cp(path.join(ROOT, name), path.join(target, name), { recursive: true })
const files = await readdir(target, { recursive: true })
const pages = files.filter((file) => file.endsWith('.md'))
for (const page of pages) await writeFile(path.join(target, page), await withoutDeadLinks(page))
await writeFile(readme, (await readFile(readme, 'utf8')).replace('\n', `\n\n${IN_THE_PACKAGE}\n`))

async function withoutDeadLinks(page: string): Promise<string> {
  const text = await readFile(path.join(target, page), 'utf8')
  return text.replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, words: string, to: string) =>
    /^(https?:|#)/.test(to) || isCopied(path.join(path.dirname(page), to.split('#')[0] ?? '')) ? link : words,
  )
}

/** `file`: relative to the package. */
function isCopied(file: string): boolean {
  return COPIED.includes(file.split(path.sep)[0] ?? '')
}
