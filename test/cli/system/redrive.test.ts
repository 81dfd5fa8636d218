import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { restLines } from '../../../cli/redrive/report.ts'
import type { Interceptor } from '../../../infra/local/aws-endpoint.ts'
import { canaryEvent } from '../../../lib/contract/canary.ts'
import { type Failure, toDeadLetter } from '../../../lib/queue/dead-letter.ts'
import { type SendMessages, sendMessages as sendTo } from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { waitUntil } from '../../infra/local/system/wait-until.ts'
import { redrive as command, event, openQueues as openEmpty } from '../redrive/open-queues.ts'
import { runCli } from '../run-cli.ts'
import { runCommand } from '../run-command.ts'

/** What only messages of the reset queue have. */
const ON_RESET_QUEUE = { fence: '2026-11-20T10:00:00Z', attempts: 0 }
const OWED = { reset_at: '2026-11-20T10:00:00Z', outcome: 'reset' }
const marked = (name: string, marks: object, more = {}) =>
  JSON.stringify(
    breachEvent({ ...more, data: { members: [{ email_address: `${name}@x.example`, ...marks }] } }),
  )
const letter = (name: string, code: string, more: Partial<Failure> = {}) =>
  toDeadLetter(event(name), { code, ...more }, Date.now())

/** The queues, with a dead letter of each kind. */
async function openQueues(intercept?: Interceptor) {
  const open = await openEmpty(intercept)
  await open.sendDead(
    letter('suspended', 'organization_suspended'),
    letter('again', 'organization_suspended'),
    letter('unknown', 'invalid_response', { redrive: 'ask' }),
    toDeadLetter('rubbish', { code: 'not_json' }, Date.now()),
    { body: marked('recorded', { owed: OWED }, ON_RESET_QUEUE) },
    { body: event('crashed') },
  )
  return open
}

describe.concurrent('redrive', () => {
  it('counts by reason and changes nothing in a preview', async () => {
    const waits: unknown[] = []
    const { breach, names, run, dlq } = await openQueues(async ({ action, body }) => {
      if (action === 'ReceiveMessage') waits.push((body as { WaitTimeSeconds: number }).WaitTimeSeconds)
      return 'pass'
    })
    expect(await run('preview')).toEqual({
      organization_suspended: '0 of 2',
      invalid_response: '0 of 1',
      'no_reason_given:was_reset': '0 of 1',
      not_json: '0 of 1',
      no_reason_given: '0 of 1',
    })
    expect([names(breach.url), dlq()]).toEqual([[], { visible: 6, inFlight: 0, delayed: 0 }])
    expect(waits, 'long polls, which ask all servers of SQS').toEqual([1, 1])
  })

  it('sends again what can be sent again, and leaves what may have been reset, was reset, has no reason, or would come back', async () => {
    const { breach, dead, names, run } = await openQueues()
    await run('redrive')
    expect(names(breach.url)).toEqual(['again', 'suspended'])
    expect(names(dead.url)).toEqual(['crashed', 'recorded', 'rubbish', 'unknown'])
  })

  it('sends what may have been reset only when its code is named, and then nothing else', async () => {
    const { breach, names, run } = await openQueues()
    expect(await run('redrive', 'invalid_response')).toMatchObject({ invalid_response: '1 of 1' })
    expect(names(breach.url)).toEqual(['unknown'])
  })

  it('leaves what a brake has stopped, and what its source may not send', async () => {
    const { breach, names, sendDead, run } = await openQueues()
    const refused = ['over_hourly_limit', 'source_not_allowed', 'mode_not_allowed']
    for (const code of refused) await sendDead(letter(code, code))
    expect(await run('redrive')).toMatchObject(Object.fromEntries(refused.map((code) => [code, '0 of 1'])))
    expect(names(breach.url).filter((name) => refused.includes(name))).toEqual([])
  })

  it('never redrives a person who was reset, even when the code is named', async () => {
    const { breach, names, run } = await openQueues()
    await run('redrive', 'no_reason_given:was_reset')
    expect(names(breach.url)).toEqual([])
  })

  it('deletes only what is chosen', async () => {
    const { breach, dead, names, run } = await openQueues()
    await run('delete', 'not_json', 'no_reason_given:was_reset')
    expect(names(breach.url)).toEqual([])
    expect(names(dead.url)).toEqual(['again', 'crashed', 'suspended', 'unknown'])
  })
})

describe.concurrent('whom a redrive does not believe', () => {
  it('redrives nothing that somebody else sent to the dead-letter queue, unless it is named', async () => {
    const { breach, names, run, dead, sendAsStranger } = await openEmpty()
    await sendAsStranger(
      dead.url,
      letter('forged', 'organization_suspended', { redrive: 'again' }),
      { body: marked('moved', {}, ON_RESET_QUEUE) },
      { body: marked('owed', { owed: OWED, uncertain: true }, ON_RESET_QUEUE) },
    )
    expect(await run('redrive')).toEqual({ unproven: '0 of 1', no_reason_given: '0 of 2' })
    expect(names(breach.url)).toEqual([])
    expect(await run('redrive', 'unproven')).toEqual({ unproven: '1 of 1' })
    expect(names(breach.url)).toEqual(['forged'])
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
    const { more, groups } = await redrive('preview', {}, { signal: stopping.signal })
    expect([more, groups.length > 0]).toEqual([true, true])
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
    expect(redriven.groups.find(({ name }) => name === 'organization_suspended')).toMatchObject({ taken: 2 })
    expect([names(breach.url).length, dlq().visible]).toEqual([2, 6])
  })

  const NOT_REHEARSED = { isRehearsed: false, isRecent: false }

  it('reports how many dead letters another redrive holds', async () => {
    const { client, dead, redrive } = await openQueues()
    await client.send(new ReceiveMessageCommand({ QueueUrl: dead.url, MaxNumberOfMessages: 2 }))
    const redriven = await redrive('preview')
    expect(redriven.hidden).toBe(2)
    expect(restLines(redriven, NOT_REHEARSED).join()).toContain('About 2 more were hidden')
    expect(restLines({ ...redriven, groups: [] }, NOT_REHEARSED).join()).not.toContain('empty')
  })
})

describe.concurrent('what a redrive leaves alone', () => {
  it("leaves alone what comes back at once, by AWS's clock", async () => {
    const { breach, client, names, sendDead, redrive } = await openQueues()
    const sendMessages: SendMessages = async (url, messages) => {
      for (const { body } of messages) await sendDead(toDeadLetter(body, { code: 'back_again' }, Date.now()))
      return sendTo({ sqs: client, sleep, random: Math.random }, url, messages)
    }
    const { groups } = await redrive('redrive', {}, { sendMessages, sleep })
    expect(groups.map(({ name }) => name)).not.toContain('back_again')
    expect(names(breach.url)).toHaveLength(2)
  })

  it('asks for confirmation where a call before the last one was not answered, or SQS moved a message of the reset queue', async () => {
    const { breach, names, run, sendDead } = await openQueues()
    const moved = (name: string, marks: object) => ({ body: marked(name, marks, ON_RESET_QUEUE) })
    await sendDead(
      letter('hung', 'http_500', { redrive: 'ask' }),
      moved('unanswered', { uncertain: true }),
      moved('received', {}),
    )
    expect(await run('redrive')).toMatchObject({
      'http_500:may_have_been_reset': '0 of 1',
      'no_reason_given:was_reset': '0 of 1',
      'no_reason_given:may_have_been_reset': '0 of 2',
    })
    await run('redrive', 'http_500:may_have_been_reset', 'no_reason_given:was_reset')
    expect(names(breach.url)).toEqual(['again', 'hung', 'suspended'])
  })

  it('counts canaries apart from members, and redrives none', async () => {
    const { breach, names, run, sendDead } = await openQueues()
    const canary = JSON.stringify(canaryEvent('1', new Date().toISOString()))
    const forged = canary.replace(/breach-reset-canary[^@"]*@/, 'real@')
    await sendDead(
      toDeadLetter(canary, { code: 'organization_suspended', redrive: 'again' }, Date.now()),
      toDeadLetter(canary, { code: 'timeout', redrive: 'ask' }, Date.now()),
      toDeadLetter(forged, { code: 'organization_suspended', redrive: 'again' }, Date.now()),
    )
    expect(await run('redrive')).toMatchObject({ canary: '0 of 2', organization_suspended: '3 of 3' })
    expect(names(breach.url)).toHaveLength(3)
    expect(await run('delete', 'canary')).toMatchObject({ canary: '2 of 2' })
  })
})

describe('breach-reset redrive', () => {
  it('previews and redrives the queues that are named', async () => {
    const { breach, names, flags, environment } = await openQueues()
    const preview = await runCommand(command, flags, { environment })
    expect(preview).toMatchObject({ code: 0, stderr: '' })
    expect(preview.stdout).toMatch(/2 +2 +\d s +\d s +organization_suspended\n +is called again/)
    const { stdout } = await runCommand(command, [...flags, '--go', '--json'], { environment })
    expect(JSON.parse(stdout)).toMatchObject({ action: 'redrive', more: false })
    expect(names(breach.url)).toHaveLength(2)
  })

  it('believes nobody without --functions, and says so', async () => {
    const { breach, names, flags, environment } = await openQueues()
    const redriven = await runCommand(command, [...flags.slice(0, 4), '--go'], { environment })
    expect(redriven).toMatchObject({ code: 0, stderr: expect.stringContaining('no reason is believed') })
    expect(names(breach.url)).toEqual([])
  })

  it('redrives nothing of a foreign queue that is pointed at the dead-letter queue', async () => {
    const { breach, dead, queue, names, sendAsStranger, flags, environment } = await openEmpty()
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 })
    const foreign = await queue({ RedrivePolicy })
    const forged = letter('mallory', 'organization_suspended', { redrive: 'again' })
    await sendAsStranger(foreign.url, forged, { body: marked('trudy', {}, ON_RESET_QUEUE) })
    await foreign.receive({ VisibilityTimeout: 0 })
    await foreign.receive()
    const shown = await runCommand(command, [...flags, '--show'], { environment })
    expect(shown.stdout).toContain('moved   by SQS from the queue queue-3')
    expect(shown.stdout).toContain('sent by AIDASTRANGER000000000\n')
    const redriven = await runCommand(command, [...flags, '--go'], { environment })
    expect(redriven.stdout).toMatch(/unproven\n +0 redriven, 1 left: only with --code unproven\n/)
    expect(redriven.stdout).toMatch(/no_reason_given\n +0 redriven, 1 left/)
    expect([names(breach.url), names(dead.url)]).toEqual([[], ['mallory', 'trudy']])
  })

  it('ends on Ctrl-C with the counts so far, and makes every dead letter visible again', async () => {
    const { sendDead, dlq, flags, environment } = await openQueues()
    await sendDead(...Array.from({ length: 300 }, (_, index) => ({ body: event(`m${index}`) })))
    const args = ['redrive', ...flags]
    const { code, stdout, stderr } = await runCli(args, tmpdir(), undefined, environment, async (send) => {
      await waitUntil('the first letters to be held', () => dlq().inFlight > 0)
      send('SIGINT')
    })
    expect([code, stdout]).toEqual([130, expect.stringContaining('There may be more, not looked at')])
    expect(stderr).toMatch(/interrupted: nothing was changed\n$/)
    expect(dlq()).toEqual({ visible: 306, inFlight: 0, delayed: 0 })
  })
})
