import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { report } from '../../../cli/report.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { AT, accepted, EVENT, refused, reset, settled } from '../progress/facts.ts'
import { openProgressTable } from '../progress/open-progress.ts'
import { runCommand } from '../run-command.ts'

const ADDRESSES = ['ada@customer.example', 'lin@customer.example']
const MEMBERS = ADDRESSES.map((email_address) => ({ email_address }))
const FACTS = [accepted('0-1'), settled('require-reset', [reset(0), reset(1)])]

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'report-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
})

async function write(name: string, text: string): Promise<string> {
  await writeFile(path.join(folder, name), text)
  return path.join(folder, name)
}

/** Runs `report` on a table with such facts. */
async function open(facts = FACTS) {
  const { put, environment } = await openProgressTable()
  await put(...facts)
  const given = ['--table', 'Progress', '--source', EVENT.source]
  return (...args: string[]) => runCommand(report, [EVENT.id, ...given, ...args], { environment })
}

describe('breach-reset report', () => {
  it('writes a page with the SHA-256 of what --json prints', async () => {
    const run = await open()
    const out = path.join(folder, 'report.html')
    expect(await run('--out', out)).toEqual({ code: 0, stdout: `written: ${out}\n`, stderr: '' })
    const { stdout: json } = await run('--json')
    expect(await readFile(out, 'utf8')).toContain(createHash('sha256').update(json).digest('hex'))
    expect(JSON.parse(json)).toMatchObject({ state: 'finished', row_count: 2, reset: { count: 2 } })
    expect((await run('--csv')).stdout).toMatch(/^index,.*\n0,reset,reset,.*\n1,reset,reset,.*\n$/)
  })

  it('is about the latest delivery that was accepted, or the one with the run', async () => {
    const later = { run: 'later', at: AT + 300_000 }
    const denied = refused('over_hourly_limit', '0-1', { run: 'denied', at: AT + 600_000 })
    const run = await open([...FACTS, accepted('0-1', later), denied])
    const runOf = async (...args: string[]) => JSON.parse((await run('--json', ...args)).stdout).run
    expect(await runOf()).toBe('later')
    expect(await runOf('--run', 'run')).toBe('run')
    expect(await runOf('--run', 'denied')).toBe('denied')
    expect(await run('--run', 'none')).toMatchObject({
      code: 2,
      stderr: '--run: this event has no such run\n',
    })
  })

  it('says that there is no such event', async () => {
    const run = await open([])
    expect(await run('--json')).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no event/) })
  })

  it.each([
    ['a directory', '.', /^--out: is a directory/],
    ['in no directory', 'nowhere/report.html', /^--out: there is no such directory/],
  ])('refuses a file that is %s before it reads anything', async (_, file, sentence) => {
    const args = ['any', '--table', 'Progress', '--out', path.join(folder, file)]
    expect(await runCommand(report, args)).toMatchObject({ code: 2, stderr: expect.stringMatching(sentence) })
  })

  it('names the file after the event, and does not replace one that it was not given', async () => {
    const event = { ...EVENT, id: '../.x/harvest' }
    const { put, environment } = await openProgressTable()
    await put(...FACTS.map((fact) => ({ ...fact, event })))
    const args = [event.id, '--source', event.source, '--table', 'Progress']
    const before = process.cwd()
    onTestFinished(() => process.chdir(before))
    await mkdir(path.join(folder, 'here'))
    process.chdir(path.join(folder, 'here'))
    const written = { code: 0, stdout: 'written: _._.x_harvest.html\n' }
    expect(await runCommand(report, args, { environment })).toMatchObject(written)
    expect(await runCommand(report, args, { environment })).toMatchObject({
      ...{ code: 2, stderr: expect.stringMatching(/there is a file of that name already/) },
    })
  })

  it.each([
    [['--csv', '--json'], /^--csv and --json: give one of them/],
    [['--people', 'x.csv', '--csv'], /^--people: with --csv needs --out/],
    [['--reason', 'phished'], /^flags about a list are for --people/],
    [['another'], /^give the id of one event/],
  ])('refuses %j', async (args, sentence) => {
    const { code, stderr } = await runCommand(report, ['any', '--table', 'Progress', ...args])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(sentence) })
  })
})

describe('--people', () => {
  const event = breachEvent({ ...EVENT, data: { members: MEMBERS } })
  const csv = `email\n${ADDRESSES.join('\n')}\n`

  async function addressesOf(run: Awaited<ReturnType<typeof open>>, ...args: string[]) {
    const out = path.join(folder, 'out.json')
    const { code, stdout, stderr } = await run('--json', '--out', out, ...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).not.toContain('@')
    expect((await stat(out)).mode & 0o077).toBe(0)
    const { members } = JSON.parse(await readFile(out, 'utf8'))
    return members.map(({ email_address }: { email_address?: string }) => email_address)
  }

  it('reads them from the event that was sent', async () => {
    const file = await write('event.json', JSON.stringify(event))
    expect(await addressesOf(await open(), '--people', file)).toEqual(ADDRESSES)
  })

  it('counts rows that break the contract, of an event that was sent as it is', async () => {
    const members = ['rubbish', ...MEMBERS]
    const file = await write('event.json', JSON.stringify({ ...event, data: { ...event.data, members } }))
    const sent = await open([accepted('0-2'), settled('require-reset', [reset(1), reset(2)])])
    expect(await addressesOf(sent, '--people', file)).toEqual([undefined, ...ADDRESSES])
  })

  it('reads a list in CSV with what the event says itself, also of one part of it', async () => {
    const facts = [accepted('0'), settled('require-reset', [reset(0)])]
    const asSent = { ...EVENT, id: `${EVENT.id}.2` }
    const about = { exposedAt: '2026-11-20' }
    const part = facts.map((fact) => ({
      ...{ ...fact, event: asSent },
      ...(fact.accepted && { accepted: { ...fact.accepted, ...about } }),
    }))
    const { put, environment } = await openProgressTable()
    await put(...part)
    const file = await write('list.csv', csv)
    const run = (...args: string[]) =>
      runCommand(report, [asSent.id, '--table', 'Progress', '--source', EVENT.source, ...args], {
        environment,
      })
    expect(await addressesOf(run, '--people', file, '--members-per-event', '1')).toEqual([ADDRESSES[1]])
  })

  it.each([
    ['another event', { ...event, id: 'other' }, /^--people: has no event of this source and id\n$/],
    [
      'the same event with more rows',
      { ...event, data: { ...event.data, members: [...MEMBERS, { email_address: 'kay@customer.example' }] } },
      /^--people: is not what was sent: it has 3 rows, the event has 2\n$/,
    ],
  ])('refuses %s', async (_, other, sentence) => {
    const file = await write('other.json', JSON.stringify(other))
    const run = await open()
    const { code, stdout, stderr } = await run('--people', file, '--out', path.join(folder, 'out.html'))
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) })
  })
})
