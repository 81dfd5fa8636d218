import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { processesIn } from '../../cli/processes-in.ts'
import { STYTCH_FAULTS } from '../faults.ts'
import { countHits, cutRetryDelays } from '../run.ts'

describe('the hits of a chaos run', () => {
  it('are counted for every kind of fault by name, 0 for those that never hit', () => {
    const { hang } = STYTCH_FAULTS
    const chance = { times: 3, probability: 0.4 }
    if (!hang) throw new Error('there is no fault hang')
    const hits = countHits({
      stytch: [{ ...hang, ...chance }, { kind: 'hang', afterEffect: true, ...chance }, hang],
      rotations: 1,
      others: new Map([
        ['SQS: slow', 4],
        ['killed: require-reset', 2],
      ]),
    })
    expect(Object.fromEntries(hits)).toMatchObject({
      ...{
        'Stytch: hang': 2,
        'Stytch: hang, but reset': 1,
        'Stytch: throttled': 0,
        'Stytch: key rotated': 1,
      },
      ...{ 'SQS: slow': 4, 'DynamoDB: answer lost': 0, 'killed: fan-out': 0, 'killed: require-reset': 2 },
    })
  })
})

describe('the retry delays at the end of a chaos run', () => {
  const EMPTY = { visible: 0, inFlight: 0, delayed: 0 }
  const DELAYED = { ...EMPTY, delayed: 3 }

  it.each([
    ['are cut short when nothing else is waited for', DELAYED, EMPTY, 3],
    ['pass for real while a dead process hides a message', { ...DELAYED, inFlight: 1 }, EMPTY, 0],
    ['pass for real while a message can be received', { ...DELAYED, visible: 1 }, EMPTY, 0],
    ['pass for real while an event is on the breach queue', DELAYED, { ...EMPTY, inFlight: 1 }, 0],
    ['are not there in an empty queue', EMPTY, EMPTY, 0],
  ])('%s', (_, delayed, breach, cut) => {
    for (const name of ['reset', 'sessions']) {
      const ended: string[] = []
      const depths: Record<string, typeof EMPTY> = { breach, [name]: delayed }
      const inspector = {
        depth: (url: string) => depths[url] ?? EMPTY,
        letTimePass: (url: string) => void ended.push(url),
      }
      const queues = { breach: { url: 'breach' }, reset: { url: 'reset' }, sessions: { url: 'sessions' } }
      expect(cutRetryDelays({ inspector, queues } as unknown as LocalSystem)).toBe(cut)
      expect(ended).toEqual(cut > 0 ? [name] : [])
    }
  })
})

/** Runs the tool as its own process, with a temporary folder of its own. `onOutput` sees what it has printed so far. */
async function runChaos(args: readonly string[], onOutput?: (soFar: string, stop: () => void) => void) {
  const folder = await mkdtemp(path.join(tmpdir(), 'chaos-test-'))
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../main.ts'), ...args], {
    ...{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: folder } },
  })
  onTestFinished(() => rm(folder, { recursive: true }))
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    stdout += chunk
    onOutput?.(stdout, () => child.kill('SIGINT'))
  })
  const stderr = text(child.stderr)
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
  expect(await processesIn(folder)).toEqual([])
  return { code, stdout, stderr: await stderr }
}

describe.runIf(process.env.NIGHTLY)('npm run chaos, in the nightly run', () => {
  it('breaks what it can, and every promise is kept', async () => {
    const { code, stdout } = await runChaos(['--seconds', '20', '--seed', '5', '--json'])
    const counts = JSON.parse(stdout)
    expect(counts).toMatchObject({ seed: 5, seconds: 20, wrong: [], received: 500, missing: 0, in_queue: 0 })
    for (const delivery of [counts, counts.delivered_again])
      expect(delivery.reset + delivery.skipped + delivery.dead_lettered).toBe(500)
    expect(counts.repeats.unexplained).toBe(0)
    expect(counts).toMatchObject({ stolen_passwords_alive: 0, stolen_sessions_alive: 0 })
    expect(counts.end_sessions).toMatchObject({ missing: 0 })
    expect(counts.end_sessions.passed_on).toBeGreaterThan(300)
    expect(Object.entries(counts.faults).filter(([, hits]) => hits === 0)).toEqual([])
    expect(counts.new_passwords).toEqual({ chosen: expect.any(Number), alive: counts.new_passwords.chosen })
    expect(counts.new_passwords.chosen).toBeGreaterThan(100)
    expect(counts.emails_in_logs).toBe(0)
    expect(code).toBe(0)
  }, 300_000)

  it('ends on SIGINT in the middle and leaves no process and no folder behind', async () => {
    let interrupted = false
    const { code, stdout, stderr } = await runChaos(
      ['--seconds', '60', '--members', '120'],
      (soFar, stop) => {
        if (interrupted || !/chaos .* [1-9]\d*\/120 rows/.test(soFar)) return
        interrupted = true
        stop()
      },
    )
    expect(code).toBe(130)
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(stdout).toMatch(/60 s of chaos, --seed \d+/)
  }, 300_000)
})
