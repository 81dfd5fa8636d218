import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { breachEvent } from '../fixtures/breach-event.ts'
import { findLeaks } from '../leaks/find-leaks.ts'
import { MALFORMED, MEMBER, PASSWORD, plantedWith, SECRETS, STRANGER } from '../leaks/planted.ts'
import { processesIn } from './processes-in.ts'
import { runCli } from './run-cli.ts'

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

describe('npm start', () => {
  it('--json prints one object whose counts balance, and nothing else', async () => {
    const { code, stdout } = await runCli(['start', '--json', '--members', '300'], folder)
    const counts = JSON.parse(stdout)
    expect(code).toBe(0)
    for (const delivery of [counts, counts.delivered_again]) {
      expect(delivery).toMatchObject({ received: 300, missing: 0 })
      expect(delivery.reset + delivery.skipped + delivery.dead_lettered).toBe(300)
    }
    expect(counts).toMatchObject({ in_queue: 0, twice: 0, emails_in_logs: 0 })
    expect(counts.reset).toBeGreaterThan(200)
    expect(counts.new_passwords.alive).toBe(counts.new_passwords.chosen)
    expect(counts.delivered_again.by_code.covered).toBeGreaterThan(200)
  })

  it('--crash kills the process half-way, and nobody is missing', async () => {
    const { code, stdout } = await runCli(['start', '--json', '--crash', '--members', '60'], folder)
    const counts = JSON.parse(stdout)
    expect(counts).toMatchObject({ received: 60, missing: 0, in_queue: 0 })
    expect(counts.crashes).toBeGreaterThan(0)
    expect(counts.twice).toBeLessThanOrEqual(25 * counts.crashes)
    expect(code).toBe(0)
  }, 120_000)

  it('takes an event of your own, with repeated rows, rubbish and an id of somebody else', async () => {
    const members = [
      { email_address: MEMBER, organization_id: 'acme', member_id: 'm-1' },
      { email_address: MEMBER.toUpperCase(), organization_id: 'acme', [PASSWORD]: PASSWORD },
      { email_address: STRANGER, member_id: 'm-1' },
      MALFORMED,
    ]
    const file = await fileWith(JSON.stringify(breachEvent({ data: { members } })))
    const { code, stdout } = await runCli(['start', file, '--json'], folder)
    expect(code).toBe(0)
    expect(JSON.parse(stdout).by_code).toEqual({
      reset: 1,
      duplicate: 1,
      invalid_member: 1,
      member_not_found: 1,
    })
    expect(findLeaks(stdout, plantedWith(SECRETS))).toEqual([])
  })

  it('takes an event in an envelope, and one with a byte order mark', async () => {
    const envelope = { Type: 'Notification', Message: JSON.stringify(breachEvent()) }
    const file = await fileWith(`\uFEFF${JSON.stringify(envelope)}`)
    const { code, stdout } = await runCli(['start', file, '--json'], folder)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ received: 1, reset: 1 })
  })

  it('--help prints the usage', async () => {
    expect(await runCli(['start', '--help'], folder)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^usage: /),
    })
  })

  it.each([
    ['a file that is not there', 'nowhere.json', /nowhere\.json: can't be read/],
    ['a file over 1 MiB', JSON.stringify({ ...breachEvent(), bulk: 'x'.repeat(1_048_576) }), /is over 1 MiB/],
    ['a file that is not JSON', 'no JSON', /not_json: body: is not JSON/],
    [
      'an event that breaks a rule',
      JSON.stringify(breachEvent({ time: 'soon' })),
      /invalid_event: time: must be/,
    ],
  ])('refuses %s with a sentence and exit code 2', async (_, content, sentence) => {
    const file = content === 'nowhere.json' ? path.join(folder, content) : await fileWith(content)
    const { code, stdout, stderr } = await runCli(['start', file], folder)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(sentence)
    expect(stderr).not.toMatch(/\n\s+at /)
  })

  it.each([
    [['--members', '0']],
    [['--members', 'many']],
    [['--members', '99999999999']],
    [['--frobnicate']],
    [['a', 'b']],
  ])('refuses %j with exit code 2', async (args) => {
    const { code, stderr } = await runCli(['start', ...args], folder)
    expect(code).toBe(2)
    expect(stderr).toMatch(/usage: breach-reset start/)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('--keep ends on %s and leaves no process and no folder behind', async (signal, exitCode) => {
    const { code, stdout } = await runCli(['start', '--keep', '--members', '20'], folder, (soFar, send) => {
      if (soFar.includes('start-message-move-task')) send(signal)
    })
    expect(code).toBe(exitCode)
    expect(stdout).toMatch(/export AWS_ENDPOINT_URL_SQS=http:\/\/127\.0\.0\.1:\d+/)
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
    expect(await processesIn(folder)).toEqual([])
  })
})
