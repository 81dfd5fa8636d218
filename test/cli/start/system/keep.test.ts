import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it, onTestFinished } from 'vitest'
import { breachEvent } from '../../../fixtures/breach-event.ts'
import { waitUntil } from '../../../infra/local/system/wait-until.ts'
import { processesIn } from '../../processes-in.ts'
import { runCli } from '../../run-cli.ts'

/** Starts with `--keep` and waits for the notes that tell a user how to reach the system. */
async function startKeeping(folder: string, file: string) {
  let screen = ''
  let signal = (_name: NodeJS.Signals) => {}
  const ended = runCli(['start', file, '--keep'], folder, (soFar, send) => {
    screen = soFar
    signal = send
  })
  await waitUntil('the notes', () => screen.includes('What becomes of events'))
  const find = (pattern: RegExp) => pattern.exec(screen)?.[1] ?? ''
  return {
    environment: Object.fromEntries(
      [...screen.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
    ),
    simulator: find(/(http:\S+\/simulator)\/members/),
    queueUrl: find(/breach queue +(\S+)/),
    deadLetterUrl: find(/dead-letter queue +(\S+)/),
    screen: () => screen,
    async end() {
      signal('SIGINT')
      return ended
    },
  }
}

type Call = { email: string; effect: string }

/** What an operator sees of the simulated Stytch, by its control API. */
function openSimulator(url: string, { STYTCH_PROJECT_ID, STYTCH_SECRET }: Record<string, string>) {
  const secret = Buffer.from(`${STYTCH_PROJECT_ID}:${STYTCH_SECRET}`).toString('base64')
  const headers = { authorization: `Basic ${secret}` }
  const calls = async (): Promise<Call[]> =>
    (await (await fetch(`${url}/calls`, { headers })).json()) as Call[]
  return {
    calls,
    async openSessions() {
      const sessions = (await (await fetch(`${url}/sessions`, { headers })).json()) as {
        revokedAt?: number
      }[]
      return sessions.filter(({ revokedAt }) => revokedAt === undefined).length
    },
    countCalls: async (email: string) => (await calls()).filter((call) => call.email === email).length,
    countResets: async (email: string) =>
      (await calls()).filter((call) => call.email === email && call.effect !== 'none').length,
    post: (what: string, body: object) =>
      fetch(`${url}/${what}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  }
}

function openQueues({ environment, queueUrl, deadLetterUrl }: Awaited<ReturnType<typeof startKeeping>>) {
  const sessionToken = environment.AWS_SESSION_TOKEN ?? ''
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any', sessionToken }
  const endpoint = environment.AWS_ENDPOINT_URL_SQS ?? ''
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(() => sqs.destroy())
  return {
    send: (event: object) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(event) })),
    async countDeadLetters() {
      const AttributeNames = ['ApproximateNumberOfMessages' as const]
      const command = new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames })
      return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages)
    },
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  let held = false
  const look = async () => {
    while (!held) held = await holds()
  }
  await Promise.race([look(), waitUntil(what, () => held)])
}

it('--keep processes what `send` and an ordinary SQS client send, and obeys commands: covered, reset again, after a redrive too', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'keep-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [ada, bob, newcomer] = ['ada@customer.example', 'bob@customer.example', 'new@customer.example']
  const members = [{ email_address: ada }, { email_address: bob }]
  const file = path.join(folder, 'event.json')
  await writeFile(file, JSON.stringify(breachEvent({ id: 'first', data: { members } })))
  const kept = await startKeeping(folder, file)
  const { simulator, environment, screen } = kept
  const shows = (line: string) => waitUntil(line, () => screen().replaceAll(/\s+/g, ' ').includes(line))
  const stytch = openSimulator(simulator, environment)
  const queues = openQueues(kept)
  const addresses = Object.entries<string>(environment).filter(([name]) =>
    name.startsWith('AWS_ENDPOINT_URL_'),
  )
  for (const [name, address] of addresses)
    expect([name, (await fetch(address, { method: 'POST' })).status]).toEqual([name, 403])
  expect(addresses.length).toBeGreaterThanOrEqual(6)

  const onStage = async (...args: string[]) => {
    const { code, stdout } = await runCli([...args, '--stage', 'local'], folder, undefined, environment)
    expect(code).toBe(0)
    return stdout
  }

  expect(JSON.parse(await onStage('smoke', '--json'))).toMatchObject({
    code: 'no_member_found',
    passed: true,
  })
  await onStage('pause', '--function', 'require-reset')
  await onStage('send', file)
  expect(JSON.parse(await onStage('status', '--json')).paused).toEqual(['require-reset'])
  expect(screen()).toContain('  accepted  first: 2 rows\n')
  expect(screen()).not.toContain('  finished  first')
  await onStage('resume')
  await shows('this time first: 2 skipped covered, 2 sessions skipped sessions_covered')
  expect(await stytch.openSessions()).toBe(2)

  const before = { ada: await stytch.countResets(ada), bob: await stytch.countCalls(bob) }
  await stytch.post('faults', {
    ...{ kind: 'error', status: 400, errorType: 'invalid_email', email: bob, times: 1 },
  })
  const more = [...members, { email_address: newcomer }]
  const event = breachEvent({ id: 'second', time: new Date().toISOString(), data: { members: more } })
  await queues.send(event)
  await until('ada to be reset', async () => (await stytch.countResets(ada)) === before.ada + 1)
  await until('bob to be dead-lettered', async () => (await queues.countDeadLetters()) === 1)
  expect(await stytch.countCalls(bob)).toBe(before.bob + 1)

  await stytch.post('passwords', { email_address: ada })
  await onStage('redrive', '--go')
  await until('bob to be called again', async () => (await stytch.countCalls(bob)) === before.bob + 2)
  await shows('finished second: 2 reset, 1 dead-lettered invalid_email, 2 sessions ended')
  await until('bob to be logged out', async () => (await stytch.openSessions()) === 0)
  expect(await stytch.countResets(newcomer)).toBe(1)
  expect(await stytch.countResets(ada)).toBe(before.ada + 1)

  const { length } = await stytch.calls()
  await queues.send(event)
  await shows('finished second: 3 reset, 3 sessions ended')
  expect(await stytch.calls()).toHaveLength(length)

  const status = await onStage('status', 'second', '--watch', '--json')
  expect(JSON.parse(status).deliveries).toMatchObject([
    { state: 'finished', row_count: 3, reset: { count: 3 }, redrives: [] },
    {
      ...{ state: 'finished', row_count: 3, reset: { count: 3 }, sender: 'AIDAANY00000000000000' },
      redrives: [{ row_count: 1, sender: 'AIDALOCAL000000000000' }],
    },
  ])

  const { code, stderr } = await kept.end()
  expect(code).toBe(130)
  expect(stderr).toMatch(/^The local system is gone; 0 messages were still waiting\.\n$/m)
  expect(stripVTControlCharacters(screen()).replaceAll('\r', '')).toBe(screen())
  expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^breach-reset-/))
  expect(await processesIn(folder)).toEqual([])
})
