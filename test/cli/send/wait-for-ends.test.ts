import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { waitForEnds } from '../../../cli/send/wait-for-ends.ts'
import { send as command } from '../../../cli/send.ts'
import { openSqs } from '../../infra/local/sqs/open-sqs.ts'
import { accepted, deadLettered, EVENT, reset, settled } from '../progress/facts.ts'
import { openProgressTable } from '../progress/open-progress.ts'
import { runCommand } from '../run-command.ts'
import { startFakeAws } from '../start-fake-aws.ts'

const LIST = ['--reason', 'infostealer', '--exposed-at', '2026-11-18']

/**
 * A stage, a list of so many people in a file, and the command for it. Once somebody looks into its table, that says of each message on the
 * queue that all of its rows ended so.
 */
async function prepare(people: number, code: 'reset' | 'timeout') {
  const { sqs, queue } = await openSqs()
  const { url, receive } = await queue()
  const handle = async () => {
    for (const { MessageId = '', Body = '' } of await receive({ MaxNumberOfMessages: 10 })) {
      const { source, id, data } = JSON.parse(Body)
      const about = { event: { source, id }, run: MessageId, at: Date.now() }
      const rows: number[] = data.members.map((_: unknown, index: number) => index)
      const ends = rows.map((index) => (code === 'reset' ? reset(index) : deadLettered(index, code)))
      await table.put(accepted(`0-${rows.length - 1}`, about), settled('require-reset', ends, about))
    }
  }
  let handled = Promise.resolve()
  const table = await openProgressTable(async ({ action }) => {
    if (action === 'Query') {
      handled = handled.then(handle)
      await handled
    }
    return 'pass'
  })
  const outputs = { BreachQueueUrl: url, Mode: 'enforce', ProgressTableName: 'Progress' }
  const aws = await startFakeAws({ stacks: { 'BreachReset-prod': outputs }, lines: [], denied: new Map() })
  onTestFinished(async () => void (await aws.stop()))
  const folder = await mkdtemp(path.join(tmpdir(), 'send-wait-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'members.csv')
  const emails = Array.from({ length: people }, (_, index) => `member-${index}@customer.example`)
  await writeFile(file, ['email_address', ...emails].join('\n'))
  const environment = {
    ...table.environment,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url,
  }
  return {
    url,
    put: table.put,
    send: (...args: string[]) => runCommand(command, [file, ...LIST, ...args], { environment }),
    countSent: () => sqs.messages(url).length,
  }
}

describe('what becomes of what breach-reset send has sent', () => {
  it('names the command for one event, and for several', async () => {
    const { send, url } = await prepare(2, 'reset')
    const to = ['--time', '2026-11-20T00:00:00Z', '--stage', 'prod']
    const { stdout } = await send('--id', 'list-1', ...to)
    const status = 'npx --no breach-reset status list-1 --source urn:breach-reset:list'
    expect(stdout).toContain(`\nto see what becomes of it:\n  ${status} \\\n    --stage prod\n`)
    const several = await send(...to, '--members-per-event', '1')
    expect(several.stdout).toMatch(/:\n {2}npx --no breach-reset status --stage prod$/m)
    const toQueue = ['--id', 'list-1', '--queue-url', url, '--table', 'Progress', '--json']
    expect(JSON.parse((await send(...toQueue)).stdout).status).toBe(`${status} --table Progress`)
  })

  it('--wait shows what became of one event, and ends as its status does', async () => {
    const { send } = await prepare(3, 'timeout')
    const { code, stdout } = await send('--stage', 'prod', '--wait')
    expect(code).toBe(3)
    expect(stdout).toMatch(/^FINISHED, with dead letters: 3 rows: 3 dead-lettered$/m)
  })

  it('--wait is about the message that was sent, not about another delivery of its event', async () => {
    const { send, put } = await prepare(3, 'reset')
    const event = { source: 'urn:breach-reset:list', id: 'list-1' }
    await put(accepted('0', { run: 'another', event, at: Date.now() + 60_000 }))
    const { code, stdout } = await send('--stage', 'prod', '--wait', '--id', 'list-1')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^FINISHED: 3 rows: 3 reset$/m)])
  })

  it('--wait lists what became of several, also as JSON', async () => {
    const { send } = await prepare(3, 'reset')
    const args = ['--stage', 'prod', '--wait', '--members-per-event', '1']
    const { code, stdout } = await send(...args)
    expect(code).toBe(0)
    expect(stdout.match(/ finished +1 +1 +0 +0 +0$/gm)).toHaveLength(3)
    const { deliveries } = JSON.parse(
      (await send(...args, '--json', '--time', '2026-11-20T00:00:00Z')).stdout,
    )
    expect(deliveries).toMatchObject([{ state: 'finished' }, { state: 'finished' }, { state: 'finished' }])
  })

  it('--wait that cannot read the table says so, and still reports what was sent', async () => {
    const { send, url, countSent } = await prepare(1, 'reset')
    const to = ['--queue-url', url, '--table', 'another', '--wait', '--json']
    const { code, stdout, stderr } = await send(...to)
    const sentence = 'dynamodb:Query: there is no such table in this account and region'
    expect([code, stderr]).toEqual([1, `${sentence}\n`])
    expect(JSON.parse(stdout)).toMatchObject({ wait_error: sentence, results: [{ status: 'sent' }] })
    expect(countSent()).toBe(1)
  })
})

describe('a wait for the ends of what was sent', () => {
  const sent = { status: 'sent' as const, ...EVENT, messageId: 'run', members: 1 }
  const notSent = { status: 'refused' as const, ...EVENT, id: 'refused', members: 1, reason: 'too long' }
  /** Looks once a minute, until `interruptAt`. */
  async function wait({ interruptAt = Number.POSITIVE_INFINITY } = {}) {
    const { environment } = await openProgressTable()
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    onTestFinished(() => void vi.unstubAllEnvs())
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const interruption = new AbortController()
    let minutes = 0
    const waited = await waitForEnds(
      [sent, notSent],
      { table: 'Progress', typed: '' },
      {
        ...{ stdout, stderr, quiet: false, signal: interruption.signal, now: () => minutes * 60_000 },
        sleep: async () => {
          if (++minutes === interruptAt) interruption.abort(new Error('interrupted'))
        },
      },
    )
    return { waited, minutes, stdout: await text(stdout.end()), stderr: await text(stderr.end()) }
  }

  it('gives up after five minutes in which nothing of it is accepted: it is open', async () => {
    const { waited, minutes, stdout } = await wait()
    expect([waited.exitCode, minutes]).toEqual([4, 5])
    expect(stdout).toContain('STILL OPEN: 1 of 1 sent were not accepted yet')
  })

  it('says that what was sent goes on when the user interrupts it', async () => {
    const { stdout, stderr } = await wait({ interruptAt: 2 })
    expect(stdout).toBe('')
    expect(stderr).toMatch(/not followed any more: what was sent goes on, and status shows it, as above\n$/)
  })
})
