import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { start } from '../../../../cli/start.ts'
import { breachEvent } from '../../../fixtures/breach-event.ts'
import { processesIn } from '../../processes-in.ts'
import { runCli } from '../../run-cli.ts'
import { runCommand } from '../../run-command.ts'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'start-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileWith(text: string): Promise<string> {
  const file = path.join(folder, `${++files}.json`)
  await writeFile(file, text)
  return file
}

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
  expect(await processesIn(folder)).toEqual([])
}

describe('npm start', () => {
  it('--json prints one object whose counts balance, and nothing else; with --keep it ends on SIGTERM', async () => {
    const args = ['start', '--json', '--keep', '--members', '150']
    const { code, stdout, stderr } = await runCli(args, folder, (soFar, send) => {
      if (soFar.endsWith('\n}\n')) send('SIGTERM')
    })
    const counts = JSON.parse(stdout)
    for (const delivery of [counts, counts.delivered_again]) {
      expect(delivery).toMatchObject({ received: 150, missing: 0 })
      expect(delivery.reset + delivery.skipped + delivery.dead_lettered).toBe(150)
    }
    expect(counts).toMatchObject({ in_queue: 0, twice: 0, emails_in_logs: 0, crashes: 0 })
    expect(counts).toMatchObject({ stolen_passwords_alive: 0, stolen_sessions_alive: 0 })
    expect(counts.sessions_ended).toBeGreaterThan(counts.people_with_sessions_ended)
    expect(counts.people_with_sessions_ended).toBeGreaterThan(100)
    expect(counts.end_sessions).toMatchObject({ missing: 0, dead_lettered: 0 })
    const { no_password, covered = 0 } = counts.by_code
    expect(counts.end_sessions.passed_on).toBe(counts.reset + no_password + covered)
    expect(counts.delivered_again.end_sessions.by_code.sessions_covered).toBeGreaterThan(100)
    expect(counts.new_sessions).toEqual({ begun: expect.any(Number), alive: counts.new_sessions.begun })
    expect(counts.reset).toBeGreaterThan(100)
    expect(counts.new_passwords.alive).toBe(counts.new_passwords.chosen)
    expect(counts.delivered_again.by_code.covered).toBeGreaterThan(100)
    expect(stderr).toMatch(/The system stays up until Ctrl-C/)
    expect(code).toBe(143)
    await expectNothingLeft()
  })

  // It waits for a visibility timeout. In npm test kills.test.ts kills the same processes.
  it.runIf(process.env.NIGHTLY)(
    '--crash kills the processes half-way, and nobody is missing or still signed in',
    async () => {
      const { code, stdout } = await runCli(['start', '--json', '--crash', '--members', '60'], folder)
      const counts = JSON.parse(stdout)
      expect(counts).toMatchObject({ received: 60, missing: 0, in_queue: 0, stolen_sessions_alive: 0 })
      expect(counts.end_sessions.missing).toBe(0)
      expect(counts.crashes).toBeGreaterThan(1)
      expect(counts.twice).toBeLessThanOrEqual(25 * counts.crashes)
      expect(code).toBe(0)
      await expectNothingLeft()
    },
    120_000,
  )

  it('takes your own event, with a byte order mark, an envelope, repeated rows, rubbish and the id of another, and --report writes what became of it, with its addresses', async () => {
    const report = path.join(folder, 'report.html')
    const [ada, lin, malformed, secret] = ['ada@own.example', 'lin@own.example', 'kay at own', 'hunter2-Zq7']
    const members = [
      { email_address: ada, organization_id: 'acme', member_id: 'm-1' },
      { email_address: ada.toUpperCase(), organization_id: 'acme', password: secret },
      { email_address: lin, member_id: 'm-1' },
      malformed,
      { email_address: 'max at own' },
    ]
    const envelope = { Type: 'Notification', Message: JSON.stringify(breachEvent({ data: { members } })) }
    const file = await fileWith(`\uFEFF${JSON.stringify(envelope)}`)
    const { code, stdout, stderr } = await runCli(['start', file, '--json', '--report', report], folder)
    expect(code).toBe(0)
    expect(stderr.replace(/^Bundling asset .*\n/gm, '')).toBe(`report written: ${report}\n`)
    expect(JSON.parse(stdout)).toMatchObject({ reset: 1, dead_lettered: 3 })
    expect(JSON.parse(stdout).by_code).toEqual({
      ...{ reset: 1, duplicate: 1, invalid_member: 2, member_not_found: 1 },
    })
    for (const value of [ada, lin, malformed, 'max at own', secret])
      expect(stdout.toLowerCase()).not.toContain(value.toLowerCase())
    const page = await readFile(report, 'utf8')
    expect(page).toMatch(/ada@own\.example<\/td><td>reset</)
    expect(page).toMatch(/max at own<\/td><td>dead-lettered invalid_member</)
    expect(page).not.toContain('Not finished')
    expect(page).not.toContain(secret)
  })

  it('ends on SIGHUP while it boots and leaves no process and no folder behind', async () => {
    let isSent = false
    const { code } = await runCli(['start', '--members', '20'], folder, (soFar, send) => {
      if (isSent || !soFar.includes('Synthesizing')) return
      isSent = true
      send('SIGHUP')
    })
    expect(code).toBe(129)
    await expectNothingLeft()
  })
})

describe('the arguments of npm start', () => {
  it('--help prints the usage', async () => {
    expect(await runCommand(start, ['--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^usage: /),
    })
  })

  it.each([
    ['is not there', 'nowhere.json', /^FILE: there is no such file/],
    ['is over 1 MiB', JSON.stringify({ ...breachEvent(), bulk: 'x'.repeat(1_048_576) }), /is over 1 MiB/],
    ['is not JSON', 'no JSON', /not_json: body: is not JSON/],
    [
      ...['breaks a rule of the contract', JSON.stringify(breachEvent({ time: 'soon' }))],
      /invalid_event: time: must be/,
    ],
  ] as const)('are refused with a sentence when the file %s', async (_, content, sentence) => {
    const file = content === 'nowhere.json' ? path.join(folder, content) : await fileWith(content)
    const { code, stdout, stderr } = await runCommand(start, [file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it.each([
    [['--members', '0'], /^--members: must be a whole number from 1 to 9999999\n/],
    [['--members', 'many'], /^--members: must be/],
    [['--members', '99999999999'], /^--members: must be/],
    [['--members', '5', 'event.json'], /^--members: not with an event file\n/],
    [['--frobnicate'], /^unknown option '--frobnicate'\n/],
    [['a', 'b'], /^start takes one event file\n/],
  ])('%j are refused with a sentence and the usage', async (args, sentence) => {
    const { code, stderr } = await runCommand(start, args)
    expect(code).toBe(2)
    expect(stderr).toMatch(sentence)
    expect(stderr).toMatch(/usage: breach-reset start/)
  })

  it('are refused before anything runs when the report can not be written', async () => {
    const { code, stdout, stderr } = await runCommand(start, [
      '--report',
      path.join(folder, 'no/report.html'),
    ])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe('--report: there is no such directory\n')
  })
})
