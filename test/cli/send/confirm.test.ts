import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished, vi } from 'vitest'
import { resumeToken } from '../../../cli/send/resume.ts'
import { send as command } from '../../../cli/send.ts'
import { startCloudFormation } from '../../../infra/local/cloudformation.ts'
import { openSqs } from '../../infra/local/sqs/open-sqs.ts'

const LIST = ['--reason', 'phished', '--exposed-at', '2026-11-18']

/** A stage that takes 3 members in one event, and a list of so many. `typed`: what is typed at the terminal; undefined without one. */
async function prepare(members: number, typed?: string) {
  const { sqs, queue } = await openSqs()
  const { url } = await queue()
  const outputs = { BreachQueueUrl: url, Mode: 'enforce', MaxMembersPerEvent: '3' }
  const cloudFormation = await startCloudFormation({ 'BreachReset-prod': outputs })
  const folder = await mkdtemp(path.join(tmpdir(), 'send-test-'))
  onTestFinished(async () => {
    await Promise.all([cloudFormation.stop(), rm(folder, { recursive: true })])
    vi.unstubAllEnvs()
  })
  const emails = Array.from({ length: members }, (_, index) => `member-${index}@customer.example`)
  const list = `email\n${emails.join('\n')}\n`
  const file = path.join(folder, 'list.csv')
  await writeFile(file, list)
  const environment = {
    ...{ AWS_ENDPOINT_URL_SQS: sqs.endpoint, AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.endpoint },
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' },
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  return {
    ...{ file, list, url },
    events: () => sqs.messages(url).map(({ body }) => JSON.parse(body)),
    async send(args: readonly string[], input = typed ?? '', perEvent = 2) {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      const stdin = Object.assign(Readable.from([Buffer.from(input)]), typed !== undefined && { isTTY: true })
      const flags = [...LIST, '--members-per-event', String(perEvent)]
      const code = await command([...flags, ...args], { stdin, stdout, stderr })
      const said = await text(stderr.end())
      return { code, said, sent: sqs.depth(url).visible }
    },
  }
}

const STAGE = ['--stage', 'prod']
const WHY =
  'The stage takes up to 3 members in one event (maxMembersPerEvent). This is 4 members in 2 events.\n'

it('asks before it sends more members in all than the stage takes in one event', async () => {
  const { send, file } = await prepare(4)
  const said = `${WHY}nothing was done: confirm 4 members in all with --confirm 4\n`
  expect(await send([file, ...STAGE])).toEqual({ code: 2, said, sent: 0 })
  const wrong = await send([file, ...STAGE, '--confirm', '3'])
  expect(wrong).toMatchObject({
    code: 2,
    said: expect.stringContaining('were not confirmed'),
    sent: 0,
  })
  expect(await send([file, ...STAGE, '--confirm', '4'])).toMatchObject({ code: 0, sent: 2 })
})

it.each([
  ['4\n', 0, 2],
  ['5\n', 2, 0],
  ['\n', 2, 0],
  ['', 2, 0],
])('takes what is typed at the terminal: %j', async (typed, code, sent) => {
  const { send, file } = await prepare(4, typed)
  expect(await send([file, ...STAGE])).toMatchObject({
    ...{ code, sent },
    said: expect.stringContaining('4 members in all. To confirm, type the number: '),
  })
})

it('does not wait for a number at the terminal where it has read the list', async () => {
  const { send, list } = await prepare(4, '')
  expect(await send(['-', ...STAGE], list)).toMatchObject({ code: 2, sent: 0 })
})

it('asks for nothing up to the limit, or where no stage says one', async () => {
  const few = await prepare(3)
  expect(await few.send([few.file, ...STAGE])).toEqual({ code: 0, said: '', sent: 2 })
  const many = await prepare(4)
  expect(await many.send([many.file, '--queue-url', many.url])).toEqual({ code: 0, said: '', sent: 2 })
})

it('takes the same number when the same command is given again to resume', async () => {
  const { send, file, events } = await prepare(6)
  await send([file, ...STAGE, '--confirm', '6'])
  const token = resumeToken(events(), new Set([0]))
  const resumed = await send([file, ...STAGE, '--confirm', '6', '--resume', token])
  expect(resumed).toEqual({ code: 0, said: expect.any(String), sent: 5 })
})

it('sends nothing when the stage would refuse one of the events', async () => {
  const { send, file } = await prepare(4)
  const said =
    'nothing was sent: the stage takes up to 3 members in one event: cut them with --members-per-event 3\n'
  expect(await send([file, ...STAGE, '--confirm', '4'], '', 4)).toEqual({ code: 2, said, sent: 0 })
})

it('sends nothing when --confirm names another number than there is, also within the limit', async () => {
  const { send, file } = await prepare(3)
  expect(await send([file, ...STAGE, '--confirm', '4'])).toMatchObject({ code: 2, sent: 0 })
  expect(await send([file, ...STAGE, '--confirm', '3'])).toMatchObject({ code: 0, sent: 2 })
})
