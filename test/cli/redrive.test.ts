import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseRedriveOptions, type RedriveOptions } from '../../cli/redrive/parse-redrive-options.ts'
import { redriveLetters } from '../../cli/redrive/redrive-letters.ts'
import type { Tap } from '../../infra/local/tap.ts'
import type { OutgoingMessage } from '../../lib/queue/outgoing-message.ts'
import { createSendMessages } from '../../lib/queue/send-messages.ts'
import { toDeadLetter } from '../../lib/queue/to-dead-letter.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { openSqs } from '../infra/local/sqs/open-sqs.ts'
import { runCli } from './run-cli.ts'

const event = (name: string) =>
  JSON.stringify(breachEvent({ data: { members: [{ email_address: `${name}@x.example` }] } }))

/** A dead-letter queue with one letter of each kind, and one that SQS moved itself; and a breach queue. */
async function openQueues(tap?: Tap) {
  const { sqs, client, queue } = await openSqs(tap)
  const [breach, dead] = [await queue(), await queue()]
  const sendMessages = createSendMessages({ sqs: client, sleep, random: Math.random })
  const letter = (name: string, code: string, detail?: string) =>
    toDeadLetter(event(name), { code, detail }, Date.now())
  await sendMessages(dead.url, [
    letter('suspended', 'organization_suspended'),
    letter('again', 'organization_suspended'),
    letter('unknown', 'invalid_response'),
    letter('recorded', 'ledger_unavailable', 'was reset at ..., do not redrive'),
    toDeadLetter('rubbish', { code: 'not_json' }, Date.now()),
    { body: event('crashed') },
  ])
  const names = (url: string) =>
    sqs.messages(url).map(({ body }) => /"(\w+)@x.example"/.exec(body)?.[1] ?? body)
  const options = (args: string[]) =>
    parseRedriveOptions(['--from', dead.url, '--to', breach.url, ...args]) as RedriveOptions
  const runAt = async (now: number, ...args: string[]) => {
    const deps = { sqs: client, sendMessages, now }
    const { reasons } = await redriveLetters({ from: dead.url, to: breach.url }, options(args), deps)
    return Object.fromEntries(reasons.map(({ code, letters, taken }) => [code, `${taken} of ${letters}`]))
  }
  const run = (...args: string[]) => runAt(Date.now(), ...args)
  const sendDead = (message: OutgoingMessage) => sendMessages(dead.url, [message])
  return { sqs, breach, dead, names, sendDead, run, runAt, dlq: () => sqs.depth(dead.url) }
}

describe('redrive', () => {
  it('counts by reason and changes nothing until it is told to', async () => {
    const { breach, names, run, dlq } = await openQueues()
    expect(await run()).toEqual({
      organization_suspended: '0 of 2',
      invalid_response: '0 of 1',
      'ledger_unavailable (was reset)': '0 of 1',
      not_json: '0 of 1',
      no_reason_given: '0 of 1',
    })
    expect([names(breach.url), dlq()]).toEqual([[], { visible: 6, inFlight: 0, delayed: 0 }])
  })

  it('sends again what can be sent again, and leaves what may have been reset, was reset, or would come back', async () => {
    const { breach, dead, names, run } = await openQueues()
    await run('--go')
    expect(names(breach.url).toSorted()).toEqual(['again', 'crashed', 'suspended'])
    expect(names(dead.url).toSorted()).toEqual(['recorded', 'rubbish', 'unknown'])
  })

  it('sends what may have been reset only when its code is named, and then nothing else', async () => {
    const { breach, names, run } = await openQueues()
    expect(await run('--go', '--code', 'invalid_response')).toMatchObject({ invalid_response: '1 of 1' })
    expect(names(breach.url)).toEqual(['unknown'])
  })

  it('never sends again who was reset, also when named', async () => {
    const { breach, names, run } = await openQueues()
    await run('--go', '--code', 'ledger_unavailable (was reset)', '--code', 'ledger_unavailable')
    expect(names(breach.url)).toEqual([])
  })

  it('deletes only the codes that are named', async () => {
    const { breach, dead, names, run } = await openQueues()
    await run('--delete', '--code', 'not_json', '--code', 'ledger_unavailable (was reset)')
    expect(names(breach.url)).toEqual([])
    expect(names(dead.url).toSorted()).toEqual(['again', 'crashed', 'suspended', 'unknown'])
  })

  it('keeps a letter on the dead-letter queue when the breach queue does not take it', async () => {
    const { dlq, run } = await openQueues(async ({ action, caller, body }) => {
      const isRedrive = caller === 'tester' && JSON.stringify(body).includes('queue-1')
      return isRedrive && action === 'SendMessageBatch' ? { status: 403, errorType: 'AccessDenied' } : 'pass'
    })
    await expect(run('--go')).rejects.toThrow()
    expect(dlq().visible + dlq().inFlight).toBe(6)
  })

  it('leaves alone what comes to the dead-letter queue after it has begun', async () => {
    const { dlq, runAt } = await openQueues()
    expect(await runAt(Date.now() - 60_000, '--go')).toEqual({})
    expect(dlq().visible).toBe(6)
  })

  it('runs as a command, and shows no address and no body', async () => {
    const { sqs, breach, dead, names, sendDead } = await openQueues()
    await sendDead(toDeadLetter('{}', { code: 'ada@x.example' }, Date.now()))
    const environment = {
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'a' },
    }
    const args = ['redrive', '--from', dead.url, '--to', breach.url]
    const preview = await runCli(args, tmpdir(), undefined, environment)
    expect(preview).toMatchObject({ code: 0, stderr: '' })
    expect(preview.stdout).toMatch(/2 +2 +organization_suspended +is called again/)
    const { stdout } = await runCli([...args, '--go', '--json'], tmpdir(), undefined, environment)
    expect(JSON.parse(stdout)).toMatchObject({ action: 'redrive', more: false })
    expect(preview.stdout + stdout).not.toMatch(/@|rubbish/)
    expect(names(breach.url)).toHaveLength(4)
  })

  it.each([
    [['--go'], 'say which queues'],
    [['--stage', 'prod', '--go', '--delete', '--code', 'x'], '--go and --delete'],
    [['--stage', 'prod', '--delete'], '--delete: say which with --code'],
    [['--stage', 'prod', '--from', 'a', '--to', 'b'], 'say which queues'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('refuses %j', (args, sentence) => {
    expect(parseRedriveOptions(args)).toMatchObject({ wrong: expect.stringContaining(sentence) })
  })
})
