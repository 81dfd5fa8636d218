import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processesIn } from './processes-in.ts'
import { runCli } from './run-cli.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chaos-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('npm start -- --chaos', () => {
  it('breaks what it can, and every promise is kept', async () => {
    const args = ['start', '--chaos', '8', '--seed', '5', '--members', '180', '--json']
    const { code, stdout } = await runCli(args, folder)
    const counts = JSON.parse(stdout)
    expect(counts).toMatchObject({ seed: 5, seconds: 8, wrong: [], received: 180, missing: 0, in_queue: 0 })
    for (const delivery of [counts, counts.delivered_again]) {
      expect(delivery.reset + delivery.skipped + delivery.dead_lettered).toBe(180)
    }
    expect(counts.repeats.unexplained).toBe(0)
    expect(counts.stolen_passwords_alive).toBe(0)
    expect(counts.faults['killed: fan-out'] + counts.faults['killed: require-reset']).toBeGreaterThan(0)
    expect(Object.values<number>(counts.faults).filter((hits) => hits > 0).length).toBeGreaterThan(5)
    expect(counts.new_passwords).toEqual({ chosen: expect.any(Number), alive: counts.new_passwords.chosen })
    expect(counts.new_passwords.chosen).toBeGreaterThan(100)
    expect(counts.emails_in_logs).toBe(0)
    expect(code).toBe(0)
    expect(await processesIn(folder)).toEqual([])
  }, 300_000)
})
