import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { breachEvent } from '../fixtures/breach-event.ts'
import { waitUntil } from '../infra/local/system/wait-until.ts'
import { runCli } from './run-cli.ts'

type Call = { email: string; effect: string }

/** What a user reads off the screen. */
function readNotes(screen: string) {
  const find = (pattern: RegExp) => pattern.exec(screen)?.[1] ?? ''
  return {
    endpoint: find(/export AWS_ENDPOINT_URL_SQS=(\S+)/),
    simulator: find(/(http:\S+\/simulator)\/members/),
    queueUrl: find(/breach queue +(\S+)/),
    deadLetterUrl: find(/dead-letter queue +(\S+)/),
    deadLetterArn: find(/--source-arn (\S+)/),
    breachArn: find(/--destination-arn (\S+)/),
  }
}

it('--keep processes what an ordinary SQS client sends: reset, again after a redrive, and nobody when it is sent again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'keep-test-'))
  let screen = ''
  let end = (_signal: NodeJS.Signals) => {}
  const ended = runCli(['start', '--keep', '--members', '20'], folder, (soFar, send) => {
    screen = soFar
    end = send
  })
  await waitUntil('the notes', () => screen.includes('start-message-move-task'))
  const notes = readNotes(screen)
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const sqs = new SQSClient({ endpoint: notes.endpoint, region: 'us-east-1', credentials })
  const get = async <Value>(what: string) =>
    (await (await fetch(`${notes.simulator}/${what}`)).json()) as Value
  const post = (what: string, body: object) =>
    fetch(`${notes.simulator}/${what}`, { method: 'POST', body: JSON.stringify(body) })
  const effectsOn = async (email: string) =>
    (await get<Call[]>('calls')).filter((call) => call.email === email && call.effect !== 'none').length
  const callsOn = async (email: string) =>
    (await get<Call[]>('calls')).filter((call) => call.email === email).length
  const send = (event: object) =>
    sqs.send(new SendMessageCommand({ QueueUrl: notes.queueUrl, MessageBody: JSON.stringify(event) }))
  const until = async (what: string, holds: () => Promise<boolean>) => {
    let held = false
    const look = async () => {
      while (!held) held = await holds()
    }
    await Promise.race([look(), waitUntil(what, () => held)])
  }

  const deadLetters = async () => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const]
    const command = new GetQueueAttributesCommand({ QueueUrl: notes.deadLetterUrl, AttributeNames })
    return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages)
  }

  const people = await get<{ email: string }[]>('members')
  const [ada = '', bob = ''] = people.map(({ email }) => email)
  const members = [{ email_address: ada }, { email_address: bob }]
  const before = { ada: await effectsOn(ada), bobsCalls: await callsOn(bob), letters: await deadLetters() }
  await post('faults', { kind: 'error', status: 400, errorType: 'invalid_email', email: bob, times: 1 })
  const event = breachEvent({ id: 'of-your-own', time: new Date().toISOString(), data: { members } })
  await send(event)
  await until('ada to be reset', async () => (await effectsOn(ada)) === before.ada + 1)
  await until('bob to be dead-lettered', async () => (await deadLetters()) === before.letters + 1)
  expect(await callsOn(bob)).toBe(before.bobsCalls + 1)

  await post('passwords', { email_address: ada })
  await sqs.send(
    new StartMessageMoveTaskCommand({ SourceArn: notes.deadLetterArn, DestinationArn: notes.breachArn }),
  )
  await until('bob to be reset after the redrive', async () => (await callsOn(bob)) === before.bobsCalls + 2)
  expect(await effectsOn(ada)).toBe(before.ada + 1)

  const lines = () => screen.split('\n').filter((line) => line.endsWith('of of-your-own'))
  const told = (what: string) => lines().filter((line) => line.startsWith(`  ${what}  person`)).length
  await waitUntil('bob to be recorded', () => told('skipped  no_password') + told('reset') === 2)
  const calls = (await get<Call[]>('calls')).length
  await send(event)
  await waitUntil('both to be covered', () => told('skipped  covered') === 2)
  expect(await get<Call[]>('calls')).toHaveLength(calls)

  sqs.destroy()
  end('SIGINT')
  expect((await ended).code).toBe(130)
  await rm(folder, { recursive: true })
}, 60_000)

it('--keep tells that whoever a file names is covered, when `send` sends the file again', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'keep-send-test-'))
  const file = path.join(import.meta.dirname, '../../docs/examples/events/smallest.json')
  let screen = ''
  let end = (_signal: NodeJS.Signals) => {}
  const ended = runCli(['start', file, '--keep'], folder, (soFar, send) => {
    screen = soFar
    end = send
  })
  await waitUntil('the notes', () => screen.includes('start-message-move-task'))
  const environment = Object.fromEntries(
    [...screen.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
  )
  const args = ['send', file, '--queue-url', readNotes(screen).queueUrl]
  expect(await runCli(args, folder, undefined, environment)).toMatchObject({ code: 0 })
  await waitUntil('the outcome', () => / {2}skipped {2}covered {2}/.test(screen))
  end('SIGINT')
  expect((await ended).code).toBe(130)
  await rm(folder, { recursive: true })
})
