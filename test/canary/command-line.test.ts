import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runCli } from '../cli/run-cli.ts'
import { startFakeAws } from '../cli/start-fake-aws.ts'
import { COMMAND_ROWS } from './command-rows.ts'
import { createSinks } from './create-sinks.ts'
import { feedCommand } from './feed-command.ts'
import { findLeaks } from './find-leaks.ts'
import { idleAllowances } from './idle-allowances.ts'
import { missedLeaks } from './missed-leaks.ts'
import { openSweptQueues } from './open-swept-queues.ts'
import { plantedWith } from './planted.ts'
import { runHere } from './run-here.ts'
import { SECRETS } from './secrets.ts'
import { writeSweptFiles } from './write-swept-files.ts'

const sinks = createSinks('command line')
const planted = plantedWith(SECRETS.credentials, SECRETS)
const ended: { typed: readonly string[]; says: RegExp; said: string }[] = []

describe('planted e-mails and secrets, typed, in event files, on the queues and in what AWS answers', () => {
  it('go through every command', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'canary-test-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const files = await writeSweptFiles(folder)
    const { endpoint, breach, dead, reset, refuse } = await openSweptQueues()
    const queueUrls = { BreachQueueUrl: breach.url, ResetQueueUrl: reset.url, DeadLetterQueueUrl: dead.url }
    const groups = { FanOutLogGroup: 'fan-out', RequireResetLogGroup: 'require-reset' }
    const stacks = { 'BreachReset-swept': { ...queueUrls, ...groups } }
    const aws = await startFakeAws({ stacks, lines: [], denied: new Map() })
    onTestFinished(async () => void (await aws.stop()))
    const environment = {
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: aws.logs.url,
      ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: SECRETS.next },
    }
    const words: Record<string, string> = {
      ...files,
      '{breach queue}': breach.url,
      '{dead letters}': dead.url,
    }
    for (const { typed, says, refused, until, here } of COMMAND_ROWS) {
      refuse(refused)
      const args = typed.map((word) => words[word] ?? word)
      const endAt = (soFar: string, signal: (name: NodeJS.Signals) => void) =>
        until !== undefined && soFar.includes(until) && signal('SIGTERM')
      const end = await (here ? runHere(args) : runCli(args, folder, endAt, environment))
      feedCommand(sinks, end, args)
      ended.push({ typed, says, said: end.stdout + end.stderr })
    }
  }, 240_000)

  it('have each command say what it is meant to say', () => {
    expect(ended).toHaveLength(COMMAND_ROWS.length)
    expect(ended.filter(({ says, said }) => !says.test(said))).toEqual([])
  })

  it('leave out no command that there is', () => {
    const usage = sinks.texts('command line, stderr').join('\n')
    const commands = [...usage.matchAll(/(?:usage:| {7}) breach-reset (\w+)/g)].map(([, name]) => name)
    const swept = COMMAND_ROWS.map(({ typed }) => typed[0])
    expect(commands.length).toBeGreaterThan(0)
    expect(commands.filter((name) => !swept.includes(name))).toEqual([])
  })

  it('come out nowhere but where they may', () => {
    expect(findLeaks(sinks, planted)).toEqual([])
    expect(idleAllowances(sinks, planted)).toEqual([])
  })

  it('would be found in what came out, in each place and each encoding', () => {
    expect(sinks.unfed()).toEqual([])
    expect(missedLeaks(sinks, planted)).toEqual([])
  })
})
