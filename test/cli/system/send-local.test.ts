import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { toDeliveryJson } from '../../../cli/progress/run-json.ts'
import { send } from '../../../cli/send.ts'
import { ratesOf } from '../../../cli/start/local-stage.ts'
import { populateMembers } from '../../../cli/start/scenario.ts'
import { commandVariables } from '../../../infra/local/access.ts'
import { type LocalSystem, startLocalSystem } from '../../../infra/local/local-system.ts'
import { stages } from '../../fixtures/stages.ts'
import { processesIn } from '../processes-in.ts'
import { runCli } from '../run-cli.ts'
import { runCommand } from '../run-command.ts'

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

  it('resets and logs out the members that the example hibp-domain-search names', async () => {
    const flags = ['--from', 'hibp', '--domain', 'customer.example', '--breaches', example('hibp-breaches')]
    const args = [example('hibp-domain-search'), ...flags, '--local', '--skip-invalid', '--json']
    const end = await runCommand(send, args)
    const { ends } = expectLeftOut(end)
    expect(ends).toMatchObject({
      ...{ reset: 2, dead_lettered: 0, missing: 0 },
      ...{ sessions_ended: 2, people_with_sessions_ended: 2 },
      end_sessions: { dead_lettered: 0, missing: 0 },
    })
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

describe('breach-reset send --from', () => {
  let system: LocalSystem
  beforeAll(async () => {
    system = await startLocalSystem({
      stageName: 'local',
      stage: stages.local,
      stytch: ratesOf(stages.local),
    })
  })
  afterAll(() => system.stop())

  it('resets and logs out the members that the examples of vendors name', async () => {
    await Promise.all([
      sendExample('spycloud', ['ada', 'lin', 'kay']),
      sendExample('enzoic', ['ada', 'lin', 'kay']),
      sendExample('hibp', ['ada', 'lin']),
      sendExample('push-security', ['ada', 'lin']),
    ])
  })

  /** Sends an example, with a domain of its own for its people. */
  async function sendExample(vendor: string, names: readonly string[]): Promise<void> {
    const domain = `${vendor}.example`
    const emails = names.map((name) => `${name}@${domain}`)
    await populateMembers(system.stytch, emails.map(toMember), Date.now() - 1)
    const input = (await readFile(example(vendor), 'utf8')).replaceAll('customer.example', domain)
    const to = ['--queue-url', system.queues.breach.url, '--table', system.progress.table]
    const end = await runCommand(send, ['-', '--from', vendor, ...to, '--skip-invalid', '--wait', '--json'], {
      input,
      environment: commandVariables(system),
    })
    const deliveries = expectLeftOut(end).deliveries as DeliveryJson[]
    for (const delivery of deliveries)
      expect(delivery).toMatchObject({
        ...{ state: 'finished', dead_lettered: { count: 0 } },
        sessions: { dead_lettered: { count: 0 } },
      })
    expect(deliveries.reduce((sum, { reset }) => sum + reset.count, 0)).toBe(names.length)
    expect(JSON.stringify(deliveries)).not.toContain('not_a_member')
    const sessions = system.stytch.sessions().filter(({ email }) => email.endsWith(`@${domain}`))
    expect(sessions.map(({ email }) => email).sort()).toEqual(emails.toSorted())
    for (const { revokedAt } of sessions) expect(revokedAt).toEqual(expect.any(Number))
    for (const email of emails) expect(system.stytch.password(email).state).not.toBe('usable')
  }
})

type DeliveryJson = ReturnType<typeof toDeliveryJson>

const toMember = (email_address: string) => ({ email_address })

function example(name: string): string {
  return new URL(`../../../docs/examples/vendors/${name}.json`, import.meta.url).pathname
}

/** Expects that the rest was sent, that what was left out is said, and that nothing secret is. Returns what was printed. */
function expectLeftOut({ code, stdout, stderr }: Awaited<ReturnType<typeof runCommand>>) {
  expect(code).toBe(3)
  const printed = JSON.parse(stdout)
  expect(printed.faults.length).toBeGreaterThan(0)
  expect(JSON.stringify(printed.notes)).toContain('left out: ')
  expect(stdout + stderr).not.toMatch(/CANARY|@/)
  return printed
}
