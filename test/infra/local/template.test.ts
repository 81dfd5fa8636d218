import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeOnce } from '../../../infra/local/template.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'template-test-'))
})
afterAll(() => rm(root, { recursive: true }))

async function folderFor(name: string) {
  const folder = path.join(root, name)
  await mkdir(folder, { recursive: true })
  return { folder, text: () => readFile(path.join(folder, 'asset/index.js'), 'utf8') }
}

async function make(folder: string, text: string) {
  await mkdir(path.join(folder, 'asset'))
  await writeFile(path.join(folder, 'asset/index.js'), text)
}

describe('what is synthesized once', () => {
  it('is made for the first caller, and copied for the next', async () => {
    const kept = path.join(root, 'twice', 'hash')
    await mkdir(path.dirname(kept))
    const [first, second] = [await folderFor('first'), await folderFor('second')]
    await makeOnce(kept, first.folder, () => make(first.folder, 'one'))
    await makeOnce(kept, second.folder, () => make(second.folder, 'two'))
    expect([await first.text(), await second.text()]).toEqual(['one', 'one'])
  })

  it('is whole for each of several callers at once, and kept one time', async () => {
    const kept = path.join(root, 'at-once', 'hash')
    await mkdir(path.dirname(kept))
    const callers = await Promise.all(['a', 'b', 'c'].map(folderFor))
    await Promise.all(
      callers.map(({ folder }, index) => makeOnce(kept, folder, () => make(folder, String(index)))),
    )
    expect(await Promise.all(callers.map(({ text }) => text()))).toEqual(['0', '1', '2'])
    expect(await readdir(path.dirname(kept))).toEqual(['hash'])
  })

  it('is not kept when making it fails', async () => {
    const kept = path.join(root, 'failed')
    const { folder } = await folderFor('unmade')
    await expect(makeOnce(kept, folder, () => Promise.reject(new Error('no bundle')))).rejects.toThrow()
    expect(await readdir(root)).not.toContain('failed')
  })
})
