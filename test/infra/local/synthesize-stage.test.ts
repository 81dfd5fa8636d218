import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { localStage } from '../../../infra/local/local-stage.ts'
import { KEPT_STAGES, makeOnce, synthesizeStage } from '../../../infra/local/synthesize-stage.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'stages-test-'))
})
afterAll(() => rm(root, { recursive: true }))

const writes = (text: string) => (folder: string) => writeFile(path.join(folder, 'index.js'), text)
const textIn = (folder: string) => readFile(path.join(folder, 'index.js'), 'utf8')

describe('what is synthesized once', () => {
  it('is made for the first caller, and the next gets the same', async () => {
    const kept = path.join(root, 'twice')
    expect(await textIn(await makeOnce(kept, writes('one')))).toBe('one')
    expect(await textIn(await makeOnce(kept, writes('two')))).toBe('one')
  })

  it('is one and whole for several callers at once', async () => {
    const kept = path.join(root, 'at-once')
    const callers = ['a', 'b', 'c'].map((text) => makeOnce(kept, writes(text)))
    const texts = await Promise.all((await Promise.all(callers)).map(textIn))
    expect([['a'], ['b'], ['c']]).toContainEqual([...new Set(texts)])
    expect((await readdir(root)).filter((name) => name.startsWith('at-once'))).toEqual(['at-once'])
  })

  it('is not kept when making it fails', async () => {
    const kept = path.join(root, 'failed')
    await expect(makeOnce(kept, () => Promise.reject(new Error('no bundle')))).rejects.toThrow('no bundle')
    expect(await readdir(root)).not.toContain('failed')
  })
})

it('bundles nothing once it is interrupted', async () => {
  vi.stubEnv(KEPT_STAGES, '')
  onTestFinished(() => void vi.unstubAllEnvs())
  const folder = await mkdtemp(path.join(root, 'interrupted-'))
  const synthesizing = synthesizeStage('local', localStage, folder, AbortSignal.abort())
  await expect(synthesizing).rejects.toThrow('aborted')
  expect(await readdir(folder)).toEqual([])
})
