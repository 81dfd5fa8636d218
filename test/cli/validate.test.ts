import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { validate as command } from '../../cli/validate.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { runCli } from './run-cli.ts'
import { runCommand } from './run-command.ts'

const example = (name: string) =>
  new URL(`../../docs/examples/vendors/${name}.json`, import.meta.url).pathname
const validate = (args: readonly string[], input: string | Buffer = '') =>
  runCommand(command, args, { input })

describe('breach-reset validate', () => {
  it('says that an event is valid, run from a shell', async () => {
    const input = JSON.stringify(breachEvent({ data: { exposed_at: '2026-11-18' } }))
    const end = await runCli(['validate', '-'], tmpdir(), undefined, {}, undefined, input)
    expect(end).toEqual({ code: 0, stdout: 'valid: 1 event with 1 member\n', stderr: '' })
  })

  it('warns of an event without exposed_at', async () => {
    const { code, stdout } = await validate(['-'], JSON.stringify(breachEvent()))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^note: line 1: has no data.exposed_at: /)
  })

  it('says what would be lost on the way', async () => {
    const members = [1, 2, 3].map((index) => ({ email_address: `m${index}@x.example`, password: 'canary' }))
    const { code, stdout } = await validate(
      ['-', '--members-per-event', '2'],
      JSON.stringify(breachEvent({ data: { members, exposed_at: '2026-11-19' } })),
    )
    expect(code).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'note: line 1: has keys that are not sent: password',
      'note: line 1: is sent as 2 events; sent in another way, it is too large',
      'valid: 2 events with 3 members',
      '',
    ])
  })

  it('counts an event that is in it twice once', async () => {
    const line = JSON.stringify(breachEvent({ data: { exposed_at: '2026-11-19' } }))
    const { stdout } = await validate(['-'], `${line}\n${line}\n`)
    expect(stdout.split('\n')).toEqual([
      'note: 1 event left out: in it a second time',
      'note: 2 JSON texts: sent as 1 message; all of it together is not a message body',
      'valid: 1 event with 1 member',
      '',
    ])
  })

  it('says line, field and rule of what is not, with exit code 3', async () => {
    const { code, stdout } = await validate(['-'], `{\n"specversion": "1.0",\n"type": "canary"}`)
    expect(code).toBe(3)
    expect(stdout).toMatch(/^line 3: type: must be "breach-reset/)
  })

  it('says the same as one object', async () => {
    const rows = 'email\na@x.example\ncanary\n'
    const { code, stdout } = await validate(
      ['-', '--json', '--reason', 'phished', '--exposed-at', '2026-11-18'],
      rows,
    )
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      events: 1,
      members: 1,
      faults: [{ code: 'invalid_member', line: 3, field: 'email_address' }],
    })
  })

  it.each([
    ['/nowhere', '', 'FILE: there is no such file\n'],
    ['/', '', 'FILE: is a directory: name a file in it\n'],
    ['-', ' \n', 'standard input: there is nothing in it\n'],
    ['-', '\xff', 'standard input: is not text in UTF-8, nor in UTF-16 with a byte order mark\n'],
  ])('refuses %s that holds %j with exit code 2', async (file, input, sentence) => {
    expect(await validate([file], Buffer.from(input, 'latin1'))).toEqual({
      code: 2,
      stdout: '',
      stderr: sentence,
    })
  })

  it.each(['spycloud', 'enzoic', 'hibp', 'push-security'])(
    'reads what %s gives, and shows nothing of it',
    async (vendor) => {
      const { stdout } = await validate([example(vendor), '--from', vendor])
      expect(stdout).toMatch(/with \d+ members?\n$/)
      expect(stdout).not.toMatch(/CANARY|@customer/)
    },
  )

  it("reads Have I Been Pwned's own answers, and says what a search names without a model", async () => {
    const [search, breaches] = [example('hibp-domain-search'), example('hibp-breaches')]
    const flags = ['--from', 'hibp', '--domain', 'customer.example', '--breaches', breaches]
    const { code, stdout } = await validate([search, ...flags])
    expect(code).toBe(3)
    expect(stdout.split('\n')).toEqual([
      'note: 1.1: left out: breach.IsVerified: must be true',
      'note: 3.0: left out: breach.IsSpamList: must not be true',
      'line 3: 1.2 → breach: must be among the breaches',
      expect.stringMatching(/^line 4: 2.0 → email_address: must be an e-mail address/),
      'not valid: 2 problems; the rest is 2 events with 3 members',
      '',
    ])
  })

  it.each([
    ['/nowhere', '--breaches: there is no such file\n'],
    [example('hibp-domain-search'), '--breaches: must be a file with what GET /breaches gives\n'],
  ])('refuses %s as the models of breaches, with exit code 2', async (file, stderr) => {
    const flags = ['--from', 'hibp', '--domain', 'customer.example', '--breaches', file]
    expect(await validate(['-', ...flags], '{"ada":["F"]}')).toEqual({ code: 2, stdout: '', stderr })
  })
})
