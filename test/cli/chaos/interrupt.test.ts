import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { processesIn } from '../processes-in.ts'
import { runCli } from '../run-cli.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chaos-interrupt-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('a chaos run ends on SIGINT in the middle and leaves no process and no folder behind', async () => {
  let interrupted = false
  const args = ['start', '--chaos', '60', '--members', '120']
  const { code, stdout, stderr } = await runCli(args, folder, (soFar, send) => {
    if (interrupted || !/chaos .* [1-9]\d*\/120 rows/.test(soFar)) return
    interrupted = true
    send('SIGINT')
  })
  expect(code).toBe(130)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(stdout).toMatch(/60 s of chaos, --seed \d+/)
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
  expect(await processesIn(folder)).toEqual([])
}, 300_000)
