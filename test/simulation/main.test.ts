import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const execute = promisify(execFile)

async function simulate(...args: string[]) {
  try {
    const { stdout } = await execute(process.execPath, ['test/simulation/main.ts', ...args])
    return { code: 0, stdout, stderr: '' }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

describe('npm run simulate', () => {
  it('ends with one sentence that has the figures', async () => {
    const { code, stdout } = await simulate('--seeds', '2', '--first-seed', '7')
    expect(code).toBe(0)
    expect(stdout.trim().split('\n').at(-1)).toMatch(
      /^Seeds 7 to 8: \d+ events with \d+ members, \d+ calls, \d+ resets, \d+ people logged out, \d+ processes killed; \d+ repeats inside the window, 0 violations\.$/,
    )
  })

  it('shows the seed and the shortest trace of a broken promise, and exits 1', async () => {
    const bug = ['--bug', 'notes no uncertain calls']
    const { code, stdout } = await simulate('--seeds', '1', '--first-seed', '8', ...bug)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^Seed \d+ breaks "uncertain resets are reported": require-reset \d+ left no note of an uncertain call of p\d/,
    )
    expect(stdout).toMatch(/^ +\d+\.\d{3} {2}call \d+ ended with (timeout|connection_lost|unusable)$/m)
    expect(stdout).not.toMatch(/\.canary@|leak\.example|canary-(secret|stolen|ledger)/)
  })

  it.each([
    [['--seeds', '0'], '--seeds: must be a whole number from 1 to 999999999'],
    [['--bug', 'constructor'], '--bug: must be one of those that --bugs lists'],
  ])('refuses %j with a sentence, and exits 2', async (args, sentence) => {
    const { code, stderr } = await simulate(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
    expect(stderr).toContain('usage: npm run simulate')
  })
})
