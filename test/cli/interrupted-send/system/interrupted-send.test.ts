import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli } from '../../run-cli.ts'
import { sendInterrupted } from '../send-interrupted.ts'

/** What a send says when it is interrupted, and that going on sends nothing twice, is test/cli/send.test.ts. */
describe.runIf(process.env.NIGHTLY)('a list that is sent, interrupted and resumed', () => {
  it('accounts for each person, calls nobody again, and leaves every new password alone when it is sent once more', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'interrupted-send-test-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const report = await sendInterrupted(400, folder, (args, environment, onStart) =>
      runCli(args, folder, undefined, environment, onStart),
    )
    const { people, deadLettered, reset, skipped } = report
    expect(deadLettered + reset + skipped).toBe(people)
    expect(reset).toBeGreaterThan(people / 2)
    expect(report).toMatchObject({ missing: 0, strangers: 0, twice: 0, resetAgain: 0, inQueue: 0 })
    expect(report.said.map(({ code }) => code)).toEqual([130, 3, 3])
    expect(report.said[1]?.sent).toMatch(/\(\d0 were sent before\)$/)
  })
})
