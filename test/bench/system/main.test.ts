import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { BenchResult } from '../report.ts'
import { VARIANT_NAMES } from '../variants.ts'

const MAIN = path.join(import.meta.dirname, '../main.ts')

describe.runIf(process.env.NIGHTLY)('npm run bench -- --quick', () => {
  it('measures everything of every variant, and leaves nothing behind', async () => {
    const { code, stdout, processes, files } = await runBench(['--quick', '--json'])
    expect({ code, processes, files }).toEqual({ code: 0, processes: [], files: [] })
    const { handlers, coldStarts, bundles, prices, targets, seconds }: BenchResult = JSON.parse(stdout)
    for (const section of [handlers, coldStarts, bundles, prices]) {
      expect(new Set(section.map(({ variant }) => variant))).toEqual(new Set(VARIANT_NAMES))
    }
    const mayBeZero = handlers.map(({ perMember: { stytchCalls: _, ...rest } }) => rest)
    const neverZero = [
      handlers.map((one) => ({ ...one, perMember: one.perMember.stytchCalls })),
      prices.map(({ dollars: { ledger: _, ...rest }, ...one }) => ({ ...one, ...rest })),
      { coldStarts, bundles, targets, seconds },
    ]
    expect(numbersIn(neverZero).filter((value) => !(value > 0))).toEqual([])
    expect(numbersIn(mayBeZero).filter((value) => !(value >= 0))).toEqual([])
    for (const { perMember } of handlers) expect(perMember.stytchCalls).toEqual({ median: 1, min: 1, max: 1 })
  })

  it('is gone with all its processes and files after Ctrl-C', async () => {
    const { code, stdout, processes, files } = await runBench(['--quick'], 'Cold starts')
    expect({ code, stdout, processes, files }).toEqual({ code: 130, stdout: '', processes: [], files: [] })
  })

  it('rejects an unknown option with a sentence', async () => {
    const { code, stdout, stderr } = await runBench(['--fast'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain("unknown option '--fast'")
  })
})

/** Runs the benchmark. Sends Ctrl-C once, when stderr contains `interruptAt`. */
async function runBench(args: readonly string[], interruptAt?: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-test-'))
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder },
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
    if (interruptAt && !child.killed && stderr.includes(interruptAt)) child.kill('SIGINT')
  })
  const code = await new Promise<number | null>((resolve) => void child.on('close', resolve))
  return { code, stdout, stderr, processes: await processesOf(folder), files: await readdir(folder) }
}

/** The processes whose environment names the folder, according to /proc; none where there is no /proc. */
async function processesOf(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const environments = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
  )
  return environments.filter((text) => text.includes(folder))
}

/** Every number in the value. JSON's null, which stands for a number that it can't hold, is NaN. */
function numbersIn(value: unknown): number[] {
  if (value === null) return [Number.NaN]
  if (typeof value === 'object') return Object.values(value).flatMap(numbersIn)
  return typeof value === 'number' ? [value] : []
}
