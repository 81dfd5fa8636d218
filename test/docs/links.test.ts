import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { anchorsOf } from './pages.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  ...['docs', 'docs/adr'].map((folder) =>
    readdirSync(path.join(ROOT, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
)

const links = pages.flatMap((page) =>
  [...readFileSync(path.join(ROOT, page), 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => ({ page, link }))
    .filter(({ link }) => !/^(https?:|\.\.\/\.\.\/security)/.test(link)),
)

it.each(links)('$page links to $link, which is there', ({ page, link }) => {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path.join(ROOT, page) : path.join(ROOT, path.dirname(page), file)
  expect(existsSync(target)).toBe(true)
  if (anchor !== undefined) expect(anchorsOf(target)).toContain(anchor)
})
