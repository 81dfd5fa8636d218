import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { watchClock } from '../../../cli/aws.ts'
import { type RedriveOptions, redriveDeadLetters } from '../../../cli/redrive/redrive-dead-letters.ts'
import { toReport } from '../../../cli/redrive/report.ts'
import { redrive as command } from '../../../cli/redrive.ts'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { toDeadLetter } from '../../../lib/queue/dead-letter.ts'
import {
  type OutgoingMessage,
  type SendMessages,
  sendMessages as sendTo,
} from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { openSqs } from '../../infra/local/sqs/open-sqs.ts'
import { waitUntil } from '../../infra/local/system/wait-until.ts'
import { runCli } from '../run-cli.ts'
import { runCommand } from '../run-command.ts'
import { startFakeAws } from '../start-fake-aws.ts'

const event = (name: string) =>
  JSON.stringify(breachEvent({ data: { members: [{ email_address: `${name}@x.example` }] } }))

/** What only messages of the reset queue have. */
const ON_RESET_QUEUE = { fence: '2026-11-20T10:00:00Z', attempts: 0 }
const marked = (name: string, marks: object, more = {}) =>
  JSON.stringify(
    breachEvent({ ...more, data: { members: [{ email_address: `${name}@x.example`, ...marks }] } }),
  )

const environmentOf = (sqsEndpoint: string) => ({
  AWS_ENDPOINT_URL_SQS: sqsEndpoint,
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'a' },
})

/** Tests that run side by side can't use onTestFinished. */
const stops: (() => Promise<void>)[] = []
afterAll(() => Promise.all(stops.map((stop) => stop())))

/** A dead-letter queue with one letter of each kind, and one that SQS moved itself; and a breach queue. */
async function openQueues(intercept?: Interceptor) {
  const { sqs, client, queue } = await openSqs(intercept, (stop) => void stops.push(stop))
  const [breach, dead] = [await queue(), await queue()]
  const sendMessages: SendMessages = (url, messages) =>
    sendTo({ sqs: client, sleep, random: Math.random }, url, messages)
  const letter = (name: string, code: string) => toDeadLetter(event(name), { code }, Date.now())
  await sendMessages(dead.url, [
    letter('suspended', 'organization_suspended'),
    letter('again', 'organization_suspended'),
    letter('unknown', 'invalid_response'),
    {
      body: marked(
        'recorded',
        { owed: { reset_at: '2026-11-20T10:00:00Z', outcome: 'reset' } },
        ON_RESET_QUEUE,
      ),
    },
    toDeadLetter('rubbish', { code: 'not_json' }, Date.now()),
    { body: event('crashed') },
  ])
  const names = (url: string) =>
    sqs.messages(url).map(({ body }) => /"(\w+)@x.example"/.exec(body)?.[1] ?? body)
  const awsNow = watchClock(client)
  const redrive = (
    action: RedriveOptions['action'],
    codes: string[] = [],
    given: Partial<Parameters<typeof redriveDeadLetters>[2]> = {},
  ) => {
    const { signal } = new AbortController()
    const deps = { sqs: client, sendMessages, awsNow, sleep: async () => {}, signal, ...given }
    return redriveDeadLetters({ from: dead.url, to: breach.url }, { action, codes: new Set(codes) }, deps)
  }
  const run = async (action: RedriveOptions['action'], ...codes: string[]) => {
    const { reasons } = await redrive(action, codes)
    return Object.fromEntries(reasons.map(({ code, letters, taken }) => [code, `${taken} of ${letters}`]))
  }
  const sendDead = (message: OutgoingMessage) => sendMessages(dead.url, [message])
  return { sqs, client, breach, dead, names, sendDead, run, redrive, dlq: () => sqs.depth(dead.url) }
}

describe.concurrent('redrive', () => {
  it('counts by reason and changes nothing in a preview', async () => {
    const { breach, names, run, dlq } = await openQueues()
    expect(await run('preview')).toEqual({
      organization_suspended: '0 of 2',
      invalid_response: '0 of 1',
      'no_reason_given:was_reset': '0 of 1',
      not_json: '0 of 1',
      no_reason_given: '0 of 1',
    })
    expect([names(breach.url), dlq()]).toEqual([[], { visible: 6, inFlight: 0, delayed: 0 }])
  })

  it('sends again what can be sent again, and leaves what may have been reset, was reset, or would come back', async () => {
    const { breach, dead, names, run } = await openQueues()
    await run('redrive')
    expect(names(breach.url).toSorted()).toEqual(['again', 'crashed', 'suspended'])
    expect(names(dead.url).toSorted()).toEqual(['recorded', 'rubbish', 'unknown'])
  })

  it('sends what may have been reset only when its code is named, and then nothing else', async () => {
    const { breach, names, run } = await openQueues()
    expect(await run('redrive', 'invalid_response')).toMatchObject({ invalid_response: '1 of 1' })
    expect(names(breach.url)).toEqual(['unknown'])
  })

  it('sends again what its source may have room for by now, and leaves what its source may not send', async () => {
    const { breach, names, sendDead, run } = await openQueues()
    for (const code of ['over_hourly_limit', 'source_not_allowed', 'mode_not_allowed'])
      await sendDead(toDeadLetter(event(code), { code }, Date.now()))
    expect(await run('redrive')).toMatchObject({
      ...{ over_hourly_limit: '1 of 1', source_not_allowed: '0 of 1', mode_not_allowed: '0 of 1' },
    })
    expect(names(breach.url)).toContain('over_hourly_limit')
  })

  it('never redrives a person who was reset, even when the code is named', async () => {
    const { breach, names, run } = await openQueues()
    await run('redrive', 'no_reason_given:was_reset')
    expect(names(breach.url)).toEqual([])
  })

  it('deletes only the codes that are named', async () => {
    const { breach, dead, names, run } = await openQueues()
    await run('delete', 'not_json', 'no_reason_given:was_reset')
    expect(names(breach.url)).toEqual([])
    expect(names(dead.url).toSorted()).toEqual(['again', 'crashed', 'suspended', 'unknown'])
  })
})

describe.concurrent('a redrive that stops half-way', () => {
  it('keeps every dead letter visible when the breach queue does not take one, and reports how far it got', async () => {
    const { dlq, redrive } = await openQueues(async ({ action, caller, body }) => {
      const isRedrive = caller === 'tester' && JSON.stringify(body).includes('queue-1')
      return isRedrive && action === 'SendMessageBatch' ? { status: 403, errorType: 'AccessDenied' } : 'pass'
    })
    expect(await redrive('redrive')).toMatchObject({ failure: expect.any(String), more: true })
    expect(dlq()).toEqual({ visible: 6, inFlight: 0, delayed: 0 })
  })

  it('makes every dead letter visible again when it is interrupted', async () => {
    const stopping = new AbortController()
    const { dlq, redrive } = await openQueues(async ({ action, caller }) => {
      if (caller === 'tester' && action === 'ReceiveMessage') stopping.abort()
      return 'pass'
    })
    const { more, reasons } = await redrive('preview', [], { signal: stopping.signal })
    expect([more, reasons.length > 0]).toEqual([true, true])
    expect(dlq()).toEqual({ visible: 6, inFlight: 0, delayed: 0 })
  })

  it('reports what was redriven when a dead letter cannot be deleted', async () => {
    const { dlq, names, breach, redrive } = await openQueues(async ({ action, caller }) =>
      caller === 'tester' && action === 'DeleteMessageBatch'
        ? { status: 403, errorType: 'AccessDenied' }
        : 'pass',
    )
    const redriven = await redrive('redrive')
    expect(redriven).toMatchObject({ failure: expect.any(String) })
    expect(redriven.reasons.find(({ code }) => code === 'organization_suspended')).toMatchObject({ taken: 2 })
    expect([names(breach.url).length, dlq().visible]).toEqual([3, 6])
  })

  it('reports how many dead letters another redrive holds', async () => {
    const { client, dead, redrive } = await openQueues()
    await client.send(new ReceiveMessageCommand({ QueueUrl: dead.url, MaxNumberOfMessages: 2 }))
    const redriven = await redrive('preview')
    expect(redriven.hidden).toBe(2)
    expect(toReport(redriven, 'preview')).toContain('About 2 more were hidden')
    expect(toReport({ ...redriven, reasons: [] }, 'preview')).not.toContain('empty')
  })
})

describe.concurrent('what a redrive leaves alone', () => {
  it("leaves alone what comes back at once, by AWS's clock", async () => {
    const { breach, client, names, sendDead, redrive } = await openQueues()
    const sendMessages: SendMessages = async (url, messages) => {
      for (const { body } of messages) await sendDead(toDeadLetter(body, { code: 'back_again' }, Date.now()))
      return sendTo({ sqs: client, sleep, random: Math.random }, url, messages)
    }
    const { reasons } = await redrive('redrive', [], { sendMessages, sleep })
    expect(reasons.map(({ code }) => code)).not.toContain('back_again')
    expect(names(breach.url)).toHaveLength(3)
  })

  it('asks for confirmation where a call before the last one was not answered, or SQS moved a message of the reset queue', async () => {
    const { breach, names, run, sendDead } = await openQueues()
    const moved = (name: string, marks: object) => ({ body: marked(name, marks, ON_RESET_QUEUE) })
    await sendDead(toDeadLetter(event('hung'), { code: 'http_500', redrive: 'ask' }, Date.now()))
    await sendDead(moved('owed', { owed: { reset_at: '2026-11-20T10:00:00Z', outcome: 'reset' } }))
    await sendDead(moved('unanswered', { uncertain: true }))
    await sendDead(moved('received', {}))
    expect(await run('redrive')).toMatchObject({
      'http_500:may_have_been_reset': '0 of 1',
      'no_reason_given:was_reset': '0 of 2',
      'no_reason_given:may_have_been_reset': '0 of 2',
    })
    await run('redrive', 'http_500:may_have_been_reset', 'no_reason_given:was_reset')
    expect(names(breach.url).toSorted()).toEqual(['again', 'crashed', 'hung', 'suspended'])
  })

  it('does not believe what a producer calls owed or uncertain', async () => {
    const { breach, names, run, sendDead } = await openQueues()
    const owed = { reset_at: '2026-11-20T10:00:00Z', outcome: 'reset' }
    await sendDead({ body: marked('bill', { owed: '4.50 EUR' }, ON_RESET_QUEUE) })
    await sendDead({ body: marked('forged', { owed, uncertain: true }) })
    const futile = marked('futile', { owed: 1, uncertain: 1 })
    await sendDead(toDeadLetter(futile, { code: 'invalid_member' }, Date.now()))
    expect(await run('redrive')).toMatchObject({ no_reason_given: '3 of 3', invalid_member: '0 of 1' })
    expect(names(breach.url).toSorted()).toEqual(['again', 'bill', 'crashed', 'forged', 'suspended'])
  })

  it('takes no attribute for the sign of a canary, which is deleted without a look', async () => {
    const { names, dead, sendDead, run } = await openQueues()
    await sendDead(toDeadLetter(event('ada'), { code: 'canary' }, Date.now()))
    expect(await run('delete', 'canary')).toMatchObject({ unreadable_reason: '0 of 1' })
    expect(names(dead.url)).toContain('ada')
  })

  it('counts canaries apart from members, and redrives none', async () => {
    const { breach, names, run, sendDead } = await openQueues()
    const canary = JSON.stringify(canaryEvent('1', new Date().toISOString()))
    await sendDead(toDeadLetter(canary, { code: 'organization_suspended' }, Date.now()))
    await sendDead(toDeadLetter(canary, { code: 'timeout', redrive: 'ask' }, Date.now()))
    const forged = canary.replace(/breach-reset-canary[^@"]*@/, 'real@')
    await sendDead(toDeadLetter(forged, { code: 'organization_suspended' }, Date.now()))
    expect(await run('redrive')).toMatchObject({ canary: '0 of 2', organization_suspended: '3 of 3' })
    expect(names(breach.url)).toHaveLength(4)
    expect(await run('delete', 'canary')).toMatchObject({ canary: '2 of 2' })
  })
})

describe('breach-reset redrive', () => {
  it('previews and redrives the queues that are named', async () => {
    const { sqs, breach, dead, names } = await openQueues()
    const environment = environmentOf(sqs.endpoint)
    const args = ['--from', dead.url, '--to', breach.url]
    const preview = await runCommand(command, args, { environment })
    expect(preview).toMatchObject({ code: 0, stderr: '' })
    expect(preview.stdout).toMatch(/2 +2 +organization_suspended +is called again/)
    const { stdout } = await runCommand(command, [...args, '--go', '--json'], { environment })
    expect(JSON.parse(stdout)).toMatchObject({ action: 'redrive', more: false })
    expect(names(breach.url)).toHaveLength(3)
  })

  it('deletes each of the codes that are named', async () => {
    const { sqs, breach, dead, names } = await openQueues()
    const queues = ['--from', dead.url, '--to', breach.url]
    const codes = ['--code', 'not_json', '--code', 'invalid_response']
    const environment = environmentOf(sqs.endpoint)
    expect(await runCommand(command, [...queues, ...codes, '--delete'], { environment })).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(names(breach.url)).toEqual([])
    expect(sqs.depth(dead.url).visible).toBe(4)
  })

  it('ends on Ctrl-C with the counts so far, and makes every dead letter visible again', async () => {
    const { sqs, breach, dead, sendDead, dlq } = await openQueues()
    for (let index = 0; index < 300; index++) await sendDead({ body: event(`m${index}`) })
    const args = ['redrive', '--from', dead.url, '--to', breach.url]
    const { code, stdout } = await runCli(
      args,
      tmpdir(),
      undefined,
      environmentOf(sqs.endpoint),
      async (send) => {
        await waitUntil('the first letters to be held', () => dlq().inFlight > 0)
        send('SIGINT')
      },
    )
    expect([code, stdout]).toEqual([130, expect.stringContaining('There are more, not looked at')])
    expect(dlq()).toEqual({ visible: 306, inFlight: 0, delayed: 0 })
  })

  it('redrives nothing in a stage that is a dry run: the letters would be used up and nobody reset', async () => {
    const { sqs, breach, dead, dlq } = await openQueues()
    const Mode = 'dry_run'
    const stacks = { 'BreachReset-dry': { BreachQueueUrl: breach.url, DeadLetterQueueUrl: dead.url, Mode } }
    const aws = await startFakeAws({ stacks, lines: [], denied: new Map() })
    onTestFinished(async () => void (await aws.stop()))
    const environment = {
      ...environmentOf(sqs.endpoint),
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url,
    }
    const refused = await runCommand(command, ['--stage', 'dry', '--go'], { environment })
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is a dry run') })
    expect(dlq().visible).toBe(6)
    const preview = await runCommand(command, ['--stage', 'dry'], { environment })
    expect(preview).toMatchObject({ code: 0, stderr: '' })
  })
})
