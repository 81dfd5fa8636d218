import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { toSent } from '../../cli/send/report.ts'
import { findResume, resumeToken } from '../../cli/send/resume.ts'
import { send as command } from '../../cli/send.ts'
import type { AwsCall, Interception } from '../../infra/local/aws-endpoint.ts'
import type { EventResult } from '../../lib/producer/send-events.ts'
import { startHttp } from '../fakes/start-http.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { openSqs } from '../infra/local/sqs/open-sqs.ts'
import { runCli } from './run-cli.ts'
import { runCommand } from './run-command.ts'
import { startFakeAws } from './start-fake-aws.ts'

const LIST = ['--reason', 'infostealer', '--exposed-at', '2026-11-18']
let decide: (call: AwsCall, request: number) => Interception | Promise<Interception>
beforeEach(() => {
  decide = () => 'pass'
})

/** A breach queue, a list of so many people in a file, and the command for it. */
async function prepare(people: number) {
  let requests = 0
  const { sqs, queue } = await openSqs(async (call) =>
    call.action === 'SendMessageBatch' ? decide(call, ++requests) : 'pass',
  )
  const { url } = await queue()
  const folder = await mkdtemp(path.join(tmpdir(), 'send-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = path.join(folder, 'members.csv')
  const emails = Array.from({ length: people }, (_, index) => `member-${index}@customer.example`)
  await writeFile(file, ['email_address', ...emails].join('\n'))
  const environment = {
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
  }
  return {
    ...{ url, file, emails, folder, environment },
    send: (args: readonly string[], input?: string) =>
      runCommand(command, args, { environment, ...(input && { input }) }),
    to: ['--queue-url', url],
    events: () => sqs.messages(url).map(({ body }) => JSON.parse(body)),
  }
}

const peopleIn = (events: { data: { members: { email_address: string }[] } }[]) =>
  events.flatMap(({ data }) => data.members.map(({ email_address }) => email_address))
const idsOf = (events: { id: string }[]) => events.map(({ id }) => id)
const tokenIn = (text: string) => /--resume (\S+)/.exec(text)?.[1] ?? ''

describe('breach-reset send', () => {
  it('puts a list on the queue in events of the limit', async () => {
    const { send, file, to, events, emails } = await prepare(2500)
    const { code, stdout } = await send([file, ...LIST, ...to])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'valid: 3 events with 2500 members\nsent 3 of 3 events with 2500 members\n',
    })
    expect(peopleIn(events()).toSorted()).toEqual(emails.toSorted())
    for (const event of events()) expect(event.data.members.length).toBeLessThanOrEqual(1000)
  })

  it('finds the queue of a stage, and says when that is a dry run', async () => {
    const { send, file, url, events, environment } = await prepare(1)
    const stacks = { 'BreachReset-prod': { BreachQueueUrl: url, Mode: 'dry_run' } }
    const aws = await startFakeAws({ stacks, lines: [], denied: new Map() })
    onTestFinished(async () => void (await aws.stop()))
    Object.assign(environment, { AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url })
    const { code, stdout } = await send([file, ...LIST, '--stage', 'prod'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/the stage is a dry run: .* nobody is reset\n/)
    expect(events()).toHaveLength(1)
  })
})

describe('breach-reset send, interrupted', () => {
  it('interrupted, says how to go on, and going on sends what is left and nothing twice', async () => {
    const { send, file, to, events, emails, folder, environment } = await prepare(300)
    const args = [file, ...LIST, ...to, '--members-per-event', '1']
    let interrupt = () => {}
    decide = (_, request) => {
      if (request === 2) interrupt()
      return 'pass'
    }
    const first = await runCli(['send', ...args], folder, undefined, environment, (signal) => {
      interrupt = () => signal('SIGINT')
    })
    expect(first.code).toBe(130)
    const half = events().length
    expect(half).toBeGreaterThanOrEqual(20)
    expect(first.stdout).toContain(`sent ${half} of 300 events with ${half} members\n`)
    expect(first.stdout).toContain(`not sent: ${300 - half} events: not tried: interrupted\n`)

    const second = await send([...args, '--resume', tokenIn(first.stdout)])
    const said = `sent ${300 - half} of ${300 - half} events with ${300 - half} members (${half} were sent before)`
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(said) })
    expect(new Set(idsOf(events())).size).toBe(300)
    expect(peopleIn(events()).toSorted()).toEqual(emails.toSorted())
  })

  it('goes on behind what SQS took before it failed, with the same events as before', async () => {
    const { send, file, to, events, emails } = await prepare(300)
    const args = [file, ...LIST, ...to, '--members-per-event', '10']
    decide = (_, request) => (request === 2 ? { status: 403, errorType: 'AccessDeniedException' } : 'pass')
    const first = await send(args)
    expect(first.code).toBe(1)
    expect(first.stdout).toContain(
      'not sent: 10 events: sqs:SendMessage was denied: you need that permission',
    )
    const time = /--time (\S+)/.exec(first.stdout)?.[1] ?? ''
    // Somebody wrote the file again.
    await utimes(file, new Date(), new Date(Date.now() - 5000))
    expect(await send([...args, '--resume', tokenIn(first.stdout)])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--resume: the input has changed/),
    })
    const second = await send([...args, '--resume', tokenIn(first.stdout), '--time', time])
    expect(second.code).toBe(0)
    expect(peopleIn(events()).toSorted()).toEqual(emails.toSorted())
    expect(new Set(events().map((event) => event.time))).toEqual(new Set([time]))
  })

  it('goes on past what SQS refuses for good, and sends nothing twice', async () => {
    const { send, file, to, events } = await prepare(30)
    const args = [file, ...LIST, ...to, '--members-per-event', '1', '--time', '2026-11-20T00:00:00Z']
    const refusing =
      (denied: number): typeof decide =>
      ({ body }, request) => {
        if (JSON.stringify(body).includes('member-4@'))
          return { status: 400, errorType: 'InvalidMessageContents' }
        return request >= denied ? { status: 403, errorType: 'AccessDeniedException' } : 'pass'
      }
    decide = refusing(12)
    const first = await send(args)
    expect(first.stdout).toMatch(
      /^sent 9 of 30 .*\nnot sent: 1 event: SQS refuses it: InvalidMessageContents \(\S+\.5\)$/m,
    )
    decide = refusing(Number.POSITIVE_INFINITY)
    const second = await send([...args, '--resume', tokenIn(first.stdout)])
    expect(second.code).toBe(1)
    expect(second.stdout).toMatch(/^sent 20 of 21 .*\(9 were sent before\)$/m)
    expect(new Set(idsOf(events())).size).toBe(29)
    expect(events()).toHaveLength(29)
  })

  it('does not go on with another list', async () => {
    const { send, file, to, emails } = await prepare(300)
    const args = [file, ...LIST, ...to, '--members-per-event', '10', '--time', '2026-11-20T00:00:00Z']
    decide = (_, request) => (request === 2 ? { status: 403, errorType: 'AccessDeniedException' } : 'pass')
    const { stdout } = await send(args)
    await writeFile(file, ['email_address', 'new@customer.example', ...emails].join('\n'))
    const again = await send([...args, '--resume', tokenIn(stdout)])
    expect(again).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('breach-reset send, without an answer', () => {
  it('says that events whose request broke off may be on the queue', async () => {
    const { send, file, to, events } = await prepare(3)
    decide = () => 'drop_response'
    const { code, stdout } = await send([file, ...LIST, ...to])
    expect(events().length).toBeGreaterThan(0)
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^sent 0 of 1 .*\nnot known: 1 event: sqs:.*: may be on the queue, and sending again harms nobody\n/m,
    )
  })

  it('says so when SQS answers with another checksum', async () => {
    const { send, file, environment } = await prepare(1)
    const server = await startHttp((response, { body }) => {
      const Successful = JSON.parse(body).Entries.map(({ Id }: { Id: string }) => ({
        ...{ Id, MessageId: 'any', MD5OfMessageBody: 'another' },
      }))
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify({ Successful }))
    })
    onTestFinished(async () => void (await server.stop()))
    environment.AWS_ENDPOINT_URL_SQS = server.url
    const { code, stdout } = await send([file, ...LIST, '--queue-url', `${server.url}/000000000000/queue`])
    expect(code).toBe(1)
    expect(stdout).toContain(
      'not known: 1 event: sqs:SendMessage: SQS took it, but what it answered does not match what was sent: may be',
    )
    expect(stdout).not.toMatch(/^not sent/m)
  })
})

describe('what breach-reset send sends and reports', () => {
  it('sends nothing when a row breaks the contract, unless --skip-invalid is given', async () => {
    const { send, to, events } = await prepare(1)
    const input = 'email\na@x.example\ncanary\n'
    const refused = await send(['-', ...LIST, ...to], input)
    expect(refused.code).toBe(3)
    expect(refused.stdout).toMatch(/^line 3: email_address: .*\n.*\nnothing was sent\n$/)
    expect(events()).toEqual([])
    const skipped = await send(['-', ...LIST, ...to, '--skip-invalid'], input)
    expect(skipped.code).toBe(3)
    expect(peopleIn(events())).toEqual(['a@x.example'])
    expect(refused.stdout + skipped.stdout + refused.stderr + skipped.stderr).not.toContain('canary')
  })

  it('sends the rows after a bad quote with --skip-invalid, and counts what it did not read', async () => {
    const { send, to, events } = await prepare(1)
    const input = 'email,company\n"a@x.example","19" rack"\n"b@x.example","x"\n'
    const { code, stdout } = await send(['-', ...LIST, ...to, '--skip-invalid', '--json'], input)
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ unread_lines: 1, faults: [{ line: 2, lastLine: 2 }] })
    expect(peopleIn(events())).toEqual(['b@x.example'])
  })

  it('sends nothing in a dry run, and needs no AWS for it', async () => {
    const { send, file, events } = await prepare(20)
    const { code, stdout } = await send([file, ...LIST, '--dry-run', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, events: 1, members: 20, results: [] })
    expect(events()).toEqual([])
  })

  it('reports each event with --json', async () => {
    const { send, file, to, events } = await prepare(20)
    const { code, stdout, stderr } = await send([file, ...LIST, ...to, '--members-per-event', '1', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { results } = JSON.parse(stdout)
    expect(idsOf(results)).toEqual(idsOf(events()))
    expect(results[0]).toMatchObject({ members: 1, status: 'sent', messageId: expect.any(String) })
  })
})

const events = Array.from({ length: 4 }, (_, index) => breachEvent({ id: `e${index}` }))
const results = (...statuses: EventResult['status'][]) =>
  statuses.map(
    (status) => ({ source: 's', id: 'e', members: 1, status, reason: '', messageId: '' }) as EventResult,
  )
/** Which events are sent again, after a send of those that were not on the queue before. */
const sendsAgain = (before: number[], ...statuses: EventResult['status'][]) => {
  const { resume } = toSent(events, new Set(before), results(...statuses))
  const onQueue = resume ? findResume(events, resume) : new Set()
  return resume === undefined ? undefined : [...events.keys()].filter((index) => !onQueue.has(index))
}

describe('a send that ended before its end', () => {
  it('goes on with what is not on the queue, or may not be', () => {
    expect(sendsAgain([], 'sent', 'sent', 'unsent', 'unsent')).toEqual([2, 3])
    expect(sendsAgain([0], 'sent', 'unknown', 'unsent')).toEqual([2, 3])
    expect(sendsAgain([], 'unsent', 'unsent', 'unsent', 'unsent')).toEqual([0, 1, 2, 3])
  })

  it('sends nothing again that is on the queue behind one that SQS refused', () => {
    expect(sendsAgain([], 'sent', 'refused', 'sent', 'unsent')).toEqual([1, 3])
    expect(sendsAgain([0, 2], 'refused', 'unknown')).toEqual([1, 3])
  })

  it('has nothing to go on with when SQS took or refused each', () => {
    expect(sendsAgain([], 'sent', 'refused', 'sent', 'sent')).toBeUndefined()
  })

  it.each(['1-2', '3', '1,2', '1-99999999999'])(
    'takes no token %s that is not about these events',
    (numbers) => {
      const hash = resumeToken(events, new Set([0, 1])).split(':')[1]
      if (numbers === '1-2') expect(findResume(events, `1-2:${hash}`)).toEqual(new Set([0, 1]))
      else expect(() => findResume(events, `${numbers}:${hash}`)).toThrow('the input has changed')
    },
  )
})
