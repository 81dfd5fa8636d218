import { tmpdir } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { status as command } from '../../cli/status.ts'
import { UNKNOWN_CODE } from '../../lib/contract/codes.ts'
import type { Fact } from '../../lib/progress/fact.ts'
import { accepted, deadLettered, EVENT, ended, refused, reset, settled, skipped } from './progress/facts.ts'
import { openProgressTable } from './progress/open-progress.ts'
import { runCli } from './run-cli.ts'
import { runCommand } from './run-command.ts'
import { startFakeAws } from './start-fake-aws.ts'

const now = Date.now()
const recent = (facts: readonly Fact[]) => facts.map((fact) => ({ ...fact, at: now - 60_000 }))
const DONE = [
  accepted('0-2'),
  settled('require-reset', [reset(0), reset(1), skipped(2, 'covered')], { passedOn: [0, 1] }),
  settled('end-sessions', [ended(0), ended(1)]),
]

/** A table with these facts, all of a minute ago, and the command for it. */
async function prepare(...facts: Fact[]) {
  const { put, environment } = await openProgressTable()
  await put(...recent(facts))
  const target = ['--table', 'Progress']
  return {
    ...{ put, environment },
    status: (...args: string[]) => runCommand(command, [...args, ...target], { environment }),
  }
}

const firstLineOf = (text: string) => text.split('\n')[0]

describe('breach-reset status of an event', () => {
  it('says first that it is finished, and ends with 0', async () => {
    const { status } = await prepare(...DONE)
    const { code, stdout } = await status(EVENT.id)
    expect(code).toBe(0)
    expect(firstLineOf(stdout)).toBe('FINISHED: 3 rows: 2 reset, 1 skipped; sessions of 2: 2 ended')
    expect(stdout).toContain(
      `npx --no breach-reset report ${EVENT.id} --source ${EVENT.source} \\\n    --table Progress`,
    )
  })

  it('ends with 3 when some is dead-lettered, with rows, remedy and the next command', async () => {
    const { status } = await prepare(
      accepted('0-4'),
      settled('require-reset', [
        ...[reset(0), reset(1), reset(2)],
        ...[deadLettered(3, 'organization_suspended'), deadLettered(4, 'stytch_error_new')],
      ]),
    )
    const { code, stdout } = await status(EVENT.id)
    expect(code).toBe(3)
    expect(firstLineOf(stdout)).toBe('FINISHED, with dead letters: 5 rows: 3 reset, 2 dead-lettered')
    expect(stdout).toMatch(/^ {6}1 {2}dead-lettered {2}organization_suspended: row 3$/m)
    expect(stdout).toContain('To do: operator: reactivate the organization')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(UNKNOWN_CODE.meaning)
    expect(stdout).toContain('npx --no breach-reset redrive --from')
  })

  it('ends with 3 when only sessions are dead-lettered', async () => {
    const { status } = await prepare(
      accepted('0'),
      settled('require-reset', [reset(0)], { passedOn: [0] }),
      settled('end-sessions', [deadLettered(0, 'sessions_alive')]),
    )
    const { code, stdout } = await status(EVENT.id)
    expect([code, firstLineOf(stdout)]).toEqual([
      3,
      'FINISHED, with dead letters: 1 row: 1 reset; sessions of 1: 1 dead-lettered',
    ])
  })

  it('ends with 4 while it is open, with what is open in each lane', async () => {
    const { status } = await prepare(
      accepted('0-9'),
      settled('require-reset', [reset(0, now - 20_000), reset(1, now - 10_000)], { passedOn: [0, 1] }),
    )
    const { code, stdout } = await status(EVENT.id)
    expect(code).toBe(4)
    expect(firstLineOf(stdout)).toBe('STILL OPEN: 10 rows: 2 reset, 8 open; sessions of 2: 2 open')
    const minuteAgo = new Date(now - 60_000).toISOString().slice(0, 19).replace('T', ' ')
    expect(stdout).toMatch(new RegExp(`^ {6}8  open {11}since ${minuteAgo} UTC \\(\\d+ s\\): rows 2-9$`, 'm'))
    const resetAt = new Date(now - 20_000).toISOString().slice(0, 19).replace('T', ' ')
    expect(stdout).toMatch(new RegExp(`^ {6}2  open {11}since ${resetAt} UTC \\(\\d+ s\\): rows 0-1$`, 'm'))
    expect(stdout).toMatch(/^ {2}npx --no breach-reset status .* \\\n {4}--table Progress --watch$/m)
  })

  it('ends with 3 when it was refused, also when it could not be read', async () => {
    const { status } = await prepare(
      refused('over_limit', '0-1999'),
      refused('not_json', '', { event: undefined, run: 'message-1' }),
    )
    const first = await status(EVENT.id)
    expect([first.code, firstLineOf(first.stdout)]).toEqual([
      3,
      'REFUSED: over_limit: none of its 2000 rows was reset',
    ])
    expect(first.stdout).toMatch(/--to BREACH_QUEUE_URL --event harvest-1 --split$/m)
    const second = await status('message-1')
    expect([second.code, firstLineOf(second.stdout)]).toEqual([3, 'REFUSED: not_json: nobody was reset'])
    expect(second.stdout).toContain('To do: producer: fix it')
  })

  it('says of an event whose pieces were refused, too, why they were: those letters are on the queue now', async () => {
    const { status, put } = await prepare(refused('over_limit', '0-2', { run: 'whole' }))
    await put(refused('over_hourly_limit', '0-2', { run: 'piece', of: 'whole', at: now - 30_000 }))
    const { code, stdout } = await status(EVENT.id)
    expect([code, firstLineOf(stdout)]).toEqual([
      3,
      'REFUSED: over_hourly_limit: none of its 3 rows was reset',
    ])
    expect(stdout).not.toContain('--split')
    expect((await status()).stdout).toContain(', over_hourly_limit, redriven')
  })

  it('is about the latest delivery, and names the ones before and the redrives', async () => {
    const { status, put } = await prepare(accepted('0-1', { run: 'first' }))
    const at = now - 30_000
    await put(
      settled('require-reset', [deadLettered(0, 'timeout'), deadLettered(1, 'timeout')], { run: 'first' }),
      accepted('0', { run: 'redrive', of: 'first', at }),
      accepted('0', { run: 'second', at }),
      settled('require-reset', [skipped(0, 'covered')], { run: 'second', at }),
    )
    const { code, stdout } = await status(EVENT.id)
    expect([code, firstLineOf(stdout)]).toEqual([0, 'FINISHED: 1 row: 1 skipped'])
    expect(stdout).toMatch(/^Sent before\n {2}.* UTC: open: 2 rows: 1 dead-lettered, 1 open$/m)
    const { deliveries } = JSON.parse((await status(EVENT.id, '--json')).stdout)
    expect(deliveries).toMatchObject([
      { run: 'second', state: 'finished', redrives: [] },
      { run: 'first', state: 'open', redrives: [{ run: 'redrive', redrive_of: 'first', row_count: 1 }] },
    ])
  })

  it('says when what fan-out wrote is not there, and is open', async () => {
    const { status, put } = await prepare()
    await put(settled('require-reset', [reset(3)]))
    const { code, stdout } = await status(EVENT.id, '--source', EVENT.source)
    expect(code).toBe(4)
    expect(stdout).toContain('What fan-out wrote about this message is not here')
  })

  it('fits into 80 columns and cuts long lists of rows, but not words', async () => {
    const letters = Array.from({ length: 100 }, (_, index) =>
      deadLettered(index * 2, 'organization_suspended'),
    )
    const id = 'i'.repeat(128)
    const facts = [accepted('0-199'), settled('require-reset', letters)]
    const { status } = await prepare(...facts.map((fact) => ({ ...fact, event: { ...EVENT, id } })))
    const { stdout } = await status(id)
    const long = stdout.split('\n').filter((line) => line.length > 80)
    for (const line of long)
      expect(line.trim()).toMatch(/^(npx --no breach-reset \w+ \\|\S{70,}( \\)?|event +\S{70,})$/)
    expect(stdout).toMatch(/rows 0, 2, 4, 6, 8, 10, 12, 14\s+and\s+92 more/)
  })

  it('prints commands that a shell takes as they are, whatever the event is called', async () => {
    const event = { source: "-feed'$(x)", id: '-;x' }
    const { environment } = await prepare({ ...accepted('0'), event })
    const args = [`--source=${event.source}`, '--table', 'Progress', '--', event.id]
    const shown = await runCommand(command, args, { environment })
    expect(shown.stdout.replaceAll(' \\\n    ', ' ')).toContain(
      String.raw`npx --no breach-reset report --source='-feed'\''$(x)' --table Progress -- '-;x'`,
    )
  })

  it('of 10,000 rows is as good as of three', async () => {
    const people = Array.from({ length: 10_000 }, (_, index) => index)
    const chunks = Array.from({ length: 20 }, (_, chunk) => people.slice(chunk * 500, chunk * 500 + 500))
    const { status } = await prepare(
      accepted('0-9999'),
      ...chunks.map((rows) =>
        settled(
          'require-reset',
          rows.map((index) => reset(index, now - index)),
          { passedOn: rows },
        ),
      ),
      ...chunks.map((rows) =>
        settled(
          'end-sessions',
          rows.map((index) => ended(index, now - index)),
        ),
      ),
    )
    const { code, stdout } = await status(EVENT.id)
    expect(code).toBe(0)
    expect(firstLineOf(stdout)).toBe('FINISHED: 10000 rows: 10000 reset; sessions of 10000: 10000 ended')
  })
})

describe('breach-reset status without an event', () => {
  it('lists the latest events, also as JSON, and ends with 0', async () => {
    const { status } = await prepare(...DONE, refused('not_json', '', { event: undefined, run: 'message-1' }))
    const { code, stdout } = await status()
    expect(code).toBe(0)
    expect(firstLineOf(stdout)).toMatch(/^sent \(UTC\) +state +rows +reset +skipped +dead-lettered +open$/)
    expect(stdout).toMatch(/ finished +3 +2 +1 +0 +0\n {2}harvest-1 of urn:example:feed$/m)
    expect(stdout).toMatch(/ refused .*\n {2}message message-1, which could not be read, not_json$/m)
    const { deliveries } = JSON.parse((await status('--json', '--limit', '1')).stdout)
    expect(deliveries).toHaveLength(1)
  })

  it('says when there is none', async () => {
    const { status } = await prepare()
    expect(await status()).toMatchObject({ code: 0, stdout: expect.stringMatching(/^No event/) })
  })
})

describe('breach-reset status of an event that was split', () => {
  it('says who sent it, when it was refused, and how its pieces ended', async () => {
    const { put, status } = await prepare(
      refused('over_limit', '0-3', { run: 'whole', sender: 'AROAPRODUCER' }),
    )
    await put(
      accepted('0-3', { run: 'piece', of: 'whole', at: now - 30_000, sender: 'AROAOPERATOR' }),
      settled(
        'require-reset',
        [0, 1, 2, 3].map((index) => reset(index)),
        { run: 'piece', at: now - 20_000 },
      ),
    )
    const { code, stdout } = await status(EVENT.id)
    expect([code, firstLineOf(stdout)]).toEqual([0, 'FINISHED: 4 rows: 4 reset'])
    expect(stdout).toMatch(/^sender {5}AROAPRODUCER\nrefused {4}.*\naccepted {3}/m)
    const { deliveries } = JSON.parse((await status(EVENT.id, '--json')).stdout)
    expect(deliveries).toMatchObject([
      {
        ...{ state: 'finished', code: 'over_limit', sender: 'AROAPRODUCER' },
        redrives: [{ state: 'finished', sender: 'AROAOPERATOR' }],
      },
    ])
  })
})

describe('breach-reset status that cannot be shown', () => {
  it('ends with 1 when there is no such event', async () => {
    const { status } = await prepare()
    expect(await status('canary')).toEqual({
      ...{ code: 1, stdout: '' },
      stderr:
        'there is no event of that id in the last 14 days: status without an id lists them; to look further back give --source\n',
    })
  })

  it('ends with 2 when several sources have used the id', async () => {
    const { status } = await prepare(accepted('0'), accepted('0', { event: { ...EVENT, source: 'other' } }))
    const { code, stderr } = await status(EVENT.id)
    expect(code).toBe(2)
    expect(stderr).toContain('--source other')
  })

  it('ends with 1 when the stack is not there', async () => {
    const aws = await startFakeAws({ stacks: {}, lines: [], denied: new Map() })
    onTestFinished(async () => void (await aws.stop()))
    const { environment } = await prepare()
    const { code, stderr } = await runCommand(command, ['--stage', 'prod'], {
      environment: { ...environment, AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url },
    })
    expect([code, stderr]).toEqual([
      1,
      'cloudformation:DescribeStacks: there is no stack of that name in this account and region: check --stage or --stack, AWS_PROFILE and AWS_REGION\n',
    ])
  })
})

describe('breach-reset status --watch', () => {
  it('ends with all of the event', async () => {
    const { status } = await prepare(...DONE)
    const { code, stdout, stderr } = await status(EVENT.id, '--watch')
    expect([code, firstLineOf(stdout)]).toEqual([
      0,
      'FINISHED: 3 rows: 2 reset, 1 skipped; sessions of 2: 2 ended',
    ])
    expect(stderr).toMatch(/^=+ 3\/3 rows done {2}2 reset/)
    expect(await status(EVENT.id, '--watch', '--json')).toMatchObject({ code: 0, stderr: '' })
  })

  it('ends with 130 when it is interrupted, even while a look takes long', async () => {
    let interrupt = () => {}
    let looks = 0
    const { put, environment } = await openProgressTable(async ({ action }) => {
      if (action !== 'Query' || ++looks < 2) return 'pass'
      interrupt()
      return new Promise(() => {})
    })
    await put(accepted('0-9'), settled('require-reset', [reset(0)]))
    const args = ['status', EVENT.id, '--source', EVENT.source, '--table', 'Progress', '--watch']
    const { code, stdout, stderr } = await runCli(args, tmpdir(), undefined, environment, (signal) => {
      interrupt = () => signal('SIGINT')
    })
    expect([code, stdout]).toEqual([130, ''])
    expect(stderr).toMatch(/ 1\/10 rows done {2}1 reset/)
    expect(stderr).toMatch(
      /\nnot followed any more, which stops nothing. .*:\n {2}npx --no breach-reset status harvest-1 .*\n.*--watch\n$/,
    )
  })
})
