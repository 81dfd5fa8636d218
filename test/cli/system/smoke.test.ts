import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processesIn } from '../processes-in.ts'
import { runCli } from '../run-cli.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'smoke-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function expectNothingLeft() {
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
  expect(await processesIn(folder)).toEqual([])
}

describe('breach-reset smoke', () => {
  it('--local passes, prints one JSON object, and leaves no process and no folder behind', async () => {
    const { code, stdout } = await runCli(['smoke', '--local', '--json'], folder)
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'skipped', code: 'no_member_found', passed: true })
    expect(JSON.parse(stdout).proves).toEqual(expect.arrayContaining(['password mode', 'Stytch search']))
    expect(JSON.parse(stdout).project_id).toMatch(/^project-test-/)
    expect(stdout).not.toContain('@')
    expect(code).toBe(0)
    await expectNothingLeft()
  })

  it('--local ends on Ctrl-C, even while it boots, and leaves nothing behind', async () => {
    const { code } = await runCli(['smoke', '--local'], folder, (soFar, send) => {
      if (soFar.endsWith('booting it on 127.0.0.1 ...\n')) send('SIGINT')
    })
    expect(code).toBe(130)
    await expectNothingLeft()
  })
})
