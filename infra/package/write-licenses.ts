import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const ROOT = path.join(import.meta.dirname, '../..')
type Locked = { version: string; license?: string; [flag: string]: unknown }

/**
 * Writes the licenses of what the functions' bundles hold, which must go with each copy, into the folder that the first argument
 * names. The lockfile does not distinguish it from what commands need, so that is in the list, too.
 */
const [target = 'dist'] = process.argv.slice(2)
const { packages } = JSON.parse(await readFile(path.join(ROOT, 'package-lock.json'), 'utf8'))
const used = Object.entries<Locked>(packages).filter(
  ([folder, locked]) => folder && !['dev', 'devOptional', 'optional', 'peer'].some((flag) => locked[flag]),
)
const licenses = await Promise.all(
  used.map(async ([folder, { version, license = 'no license named' }]) => ({
    name: `${folder.replace(/^.*node_modules\//, '')} ${version} (${license})`,
    text: await textOf(path.join(ROOT, folder)),
  })),
)
const sections = [...Map.groupBy(licenses, ({ text }) => text)].map(
  ([text, group]) => `${group.map(({ name }) => name).join('\n')}\n\n${text}\n`,
)
await writeFile(path.join(target, 'THIRD-PARTY-LICENSES.txt'), sections.join(`\n${'-'.repeat(80)}\n\n`))

/** Of a package that has no such file, whose it is. */
async function textOf(folder: string): Promise<string> {
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|notice)(-\w+)?(\.\w+)?$/i.test(file))
    .sort()
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')))
  if (texts.length > 0) return texts.join('\n').trim()
  const { author, homepage } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'))
  return `Copyright ${author?.name ?? author}, ${homepage}`
}
