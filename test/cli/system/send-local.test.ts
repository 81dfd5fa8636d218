import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { processesIn } from '../processes-in.ts'
import { runCli } from '../run-cli.ts'

const LIST = 'email_address\nada@customer.example\nlin@customer.example\nADA@customer.example\n'
const FLAGS = ['--reason', 'phished', '--exposed-at', '2026-11-18', '--local']

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'send-local-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

describe('breach-reset send --local', () => {
  it('resets everyone in a list and ends their sessions, reports it, and leaves nothing behind', async () => {
    const folder = await temporaryFolder()
    const end = await runCli(['send', '-', ...FLAGS], folder, undefined, {}, undefined, LIST)
    expect(end.code).toBe(0)
    expect(end.stdout).toContain('sent 1 of 1 event with 3 members')
    expect(end.stdout).toMatch(/^ +2 {2}reset/m)
    expect(end.stdout).toMatch(/^ +1 {2}skipped +duplicate/m)
    expect(end.stdout).toMatch(/^their sessions: 2 ended, of 2 people\n +2 {2}ended /m)
    expect(end.stdout + end.stderr).not.toContain('@customer')
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
    expect(await processesIn(folder)).toEqual([])
  })

  const example = (name: string) =>
    new URL(`../../../docs/examples/vendors/${name}.json`, import.meta.url).pathname

  it.each([
    ['spycloud', 3, ['--from', 'spycloud']],
    ['enzoic', 3, ['--from', 'enzoic']],
    ['hibp', 2, ['--from', 'hibp']],
    [
      'hibp-domain-search',
      2,
      ['--from', 'hibp', '--domain', 'customer.example', '--breaches', example('hibp-breaches')],
    ],
    ['push-security', 2, ['--from', 'push-security']],
  ])('resets and logs out the members that the example %s names', async (name, reset, flags) => {
    const args = ['send', example(name), ...flags, '--local', '--skip-invalid', '--json']
    const { code, stdout, stderr } = await runCli(args, await temporaryFolder())
    expect(code).toBe(3)
    const { ends, faults, notes } = JSON.parse(stdout)
    expect(ends).toMatchObject({
      ...{ reset, dead_lettered: 0, missing: 0 },
      ...{ sessions_ended: reset, people_with_sessions_ended: reset },
      end_sessions: { dead_lettered: 0, missing: 0 },
    })
    expect(faults.length).toBeGreaterThan(0)
    expect(JSON.stringify(notes)).toContain('left out: ')
    expect(stdout + stderr).not.toMatch(/CANARY|@/)
  })

  it('stops everything on Ctrl-C', async () => {
    const folder = await temporaryFolder()
    const onStdout = (soFar: string, signal: (name: NodeJS.Signals) => void) =>
      soFar.includes('valid: ') && signal('SIGINT')
    const end = await runCli(['send', '-', ...FLAGS], folder, onStdout, {}, undefined, LIST)
    expect(end.code).toBe(130)
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
    expect(await processesIn(folder)).toEqual([])
  })
})
