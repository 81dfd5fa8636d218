import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

const CHANGELOG = path.join(import.meta.dirname, '../../CHANGELOG.md')
const UNRELEASED = '## Unreleased\n'

/**
 * `release` makes what is unreleased the section of the version in package.json; `npm version` runs it. `print URL` prints that section,
 * its links to files below the URL. Throws an Error when there is no such section, or nothing in it.
 */
const [action, url = ''] = process.argv.slice(2)
const { npm_package_version: version = '' } = process.env
const text = await readFile(CHANGELOG, 'utf8')
if (action === 'release') {
  sectionOf('Unreleased')
  const today = new Date().toISOString().slice(0, 10)
  await writeFile(CHANGELOG, text.replace(UNRELEASED, `${UNRELEASED}\n## ${version} - ${today}\n`))
} else process.stdout.write(`${sectionOf(version).replaceAll(/\]\((?!https?:)/g, `](${url}/`)}\n`)

/** What is below the heading of a version. */
function sectionOf(name: string): string {
  const section = text.split(/^## /m).find((section) => section.split(/\s/, 1)[0] === name)
  const body = section?.replace(/^.*/, '').trim()
  if (!body) throw new Error(`CHANGELOG.md has nothing below the heading of ${name}`)
  return body
}
