import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { onTestFinished, vi } from 'vitest'
import { completion } from '../../cli/completion.ts'
import { ledger } from '../../cli/ledger.ts'
import { pause, resume } from '../../cli/pause.ts'
import { report } from '../../cli/report.ts'
import { send } from '../../cli/send.ts'
import { smoke } from '../../cli/smoke.ts'
import { start } from '../../cli/start.ts'
import { status } from '../../cli/status.ts'
import { validate } from '../../cli/validate.ts'
import { startLambdaApi } from '../../infra/local/lambda/lambda-api.ts'
import { startSecretsManager } from '../../infra/local/secrets-manager.ts'
import { personKey, writeResets } from '../../lib/ledger/ledger.ts'
import { checkSentinel } from '../../lib/ledger/sentinel.ts'
import { toDeadLetter } from '../../lib/queue/dead-letter.ts'
import { sendMessages } from '../../lib/queue/send-messages.ts'
import { createLedger } from '../cli/ledger/open-ledger.ts'
import { createMapping } from '../cli/pause/create-mapping.ts'
import { accepted, deadLettered, settled } from '../cli/progress/facts.ts'
import { openProgressTable } from '../cli/progress/open-progress.ts'
import { redrive } from '../cli/redrive/open-queues.ts'
import { runCli } from '../cli/run-cli.ts'
import { startFakeAws } from '../cli/start-fake-aws.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { openSqs } from '../infra/local/sqs/open-sqs.ts'
import { INDISCREET, MALFORMED, MEMBER, PASSWORD, SECRETS, SHORT, STRANGER } from '../leaks/planted.ts'
import { COMMAND_ROWS, type RefusedAction } from './command-rows.ts'
import { FAN_OUT_BODIES } from './fan-out-bodies.ts'
import { addCommand, captureOutput, type Outputs } from './outputs.ts'

/** Runs every row of the table. Resolves to the rows whose command did not print what it should. */
export async function sweepCommandLine(outputs: Outputs) {
  const folder = await mkdtemp(path.join(tmpdir(), 'canary-test-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { endpoint, breach, dead, reset, refuse, refusedNow } = await openQueues()
  const progress = await openProgress(() => refusedNow())
  const ledgers = await openLedgers(progress.dynamoDB)
  const environment = {
    ...(await startAws({
      BreachQueueUrl: breach.url,
      ResetQueueUrl: reset.url,
      DeadLetterQueueUrl: dead.url,
      ProgressTableName: progress.table,
      FanOutMapping: 'fan-out-mapping',
      ...ledgers.outputs,
    })),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: ledgers.secretsEndpoint,
    AWS_ENDPOINT_URL_DYNAMODB: progress.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: await startLambda(() => refusedNow()),
    AWS_ENDPOINT_URL_SQS: endpoint,
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'operator', AWS_SECRET_ACCESS_KEY: SECRETS.next },
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const files = await writeFiles(folder)
  const words: Record<string, string> = {
    ...files,
    '{breach queue}': breach.url,
    '{dead letters}': dead.url,
  }
  const wrong: { typed: readonly string[]; says: RegExp; printed: string }[] = []
  for (const { typed, says, refused, spawned, until } of COMMAND_ROWS) {
    refuse(refused)
    const args = typed.map((word) => words[word] ?? word)
    const running = spawned ? spawn(args, folder, until) : runHere(args)
    const { stdout, stderr } = await Promise.race([running, untilTooLong(typed)])
    addCommand(outputs, { stdout, stderr }, args)
    const printed = stdout + stderr
    if (!says.test(printed)) wrong.push({ typed, says, printed })
  }
  return wrong
}

const COMMANDS: Record<string, (args: readonly string[]) => Promise<number>> = {
  completion,
  pause,
  ledger,
  redrive,
  report,
  resume,
  send,
  smoke,
  start,
  status,
  validate,
}

/** Runs a command in this process, as cli/main.ts does. Whatever else the process prints meanwhile counts as printed by it. */
function runHere([name = '', ...args]: readonly string[]) {
  return captureOutput(async () => COMMANDS[name]?.(args))
}

const MAX_ROW_MS = 100_000

/** A command that hangs is named, instead of a test that is too slow. */
async function untilTooLong(typed: readonly string[]): Promise<never> {
  await sleep(MAX_ROW_MS, undefined, { ref: false })
  throw new Error(`still running: ${typed.join(' ')}`)
}

function spawn(args: readonly string[], folder: string, until: string | undefined) {
  return runCli(args, folder, (soFar, signal) => {
    if (until !== undefined && soFar.includes(until)) signal('SIGTERM')
  })
}

/** CloudFormation, with the outputs of the stack `BreachReset-swept`, and CloudWatch Logs. Resolves to the variables that name them. */
async function startAws(outputs: Record<string, string>) {
  const groups = { FanOutLogGroup: 'fan-out', RequireResetLogGroup: 'require-reset' }
  const stacks = { 'BreachReset-swept': { ...outputs, ...groups } }
  const aws = await startFakeAws({ stacks, lines: [], denied: new Map() })
  onTestFinished(async () => void (await aws.stop()))
  return {
    AWS_ENDPOINT_URL_CLOUDFORMATION: aws.cloudFormation.url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: aws.logs.url,
  }
}

/**
 * Opens a breach queue, and a dead-letter queue with everything that may be on it: letters of ours, letters with which a careless
 * producer takes our place, and a message that SQS moved with the producer's own attributes. `refuse` has AWS refuse an action to the command
 * line.
 */
async function openQueues() {
  let refused: RefusedAction | undefined
  const { sqs, client, queue } = await openSqs(
    async ({ action, caller }) =>
      caller === 'operator' && action === refused?.action
        ? { status: 400, errorType: refused.errorType, message: INDISCREET }
        : 'pass',
    { maxWaitSeconds: 0 },
  )
  const [breach, dead, reset] = [await queue(), await queue(), await queue()]
  const letters = FAN_OUT_BODIES.map(([code = 'organization_suspended', body]) =>
    toDeadLetter(body, { code, ...(code === 'over_limit' && { maxMembers: 2 }) }, Date.now()),
  )
  const careless = { detail: INDISCREET, stytchRequestId: MEMBER, event: { source: MEMBER, id: STRANGER } }
  const forged = [MEMBER, 'organization_suspended'].map((code) =>
    toDeadLetter(JSON.stringify(breachEvent()), { code, ...careless }, Date.now()),
  )
  const stranger = new SQSClient({
    ...{ endpoint: sqs.endpoint, region: 'us-east-1' },
    credentials: { accessKeyId: 'stranger', secretAccessKey: 'secret' },
  })
  onTestFinished(() => stranger.destroy())
  await sendMessages({ sqs: client, sleep, random: Math.random }, dead.url, letters)
  await sendMessages({ sqs: stranger, sleep, random: Math.random }, dead.url, forged)
  const victim = { DataType: 'String', StringValue: MEMBER }
  const moved = { QueueUrl: dead.url, MessageBody: MEMBER, MessageAttributes: { victim } }
  await stranger.send(new SendMessageCommand(moved))
  return {
    ...{ endpoint: sqs.endpoint, breach, dead, reset },
    refuse: (next: RefusedAction | undefined) => {
      refused = next
    },
    refusedNow: () => refused,
  }
}

/** Opens a table with the facts of an event, to whose reader `refusedNow` may refuse an action. */
async function openProgress(refusedNow: () => RefusedAction | undefined) {
  const { put, source, environment } = await openProgressTable(async ({ action }) => {
    const refused = refusedNow()
    return action === refused?.action
      ? { status: 400, errorType: refused.errorType, message: INDISCREET }
      : 'pass'
  })
  const about = { event: { source: 'urn:example:sweep', id: 'event-of-a-sweep' }, at: Date.now() }
  await put(
    accepted('0-1', about),
    settled('require-reset', [deadLettered(0, 'timeout'), deadLettered(1, 'organization_suspended')], about),
  )
  return { ...source, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB }
}

/** Makes a ledger that knows one person, an empty copy of it, and the secrets of both. */
async function openLedgers(dynamoDB: DynamoDBClient) {
  const secrets = await startSecretsManager()
  onTestFinished(() => secrets.stop())
  const { credentials, ledgerKey } = SECRETS
  for (const table of ['Ledger', 'Copy']) {
    await createLedger(dynamoDB, table)
    await checkSentinel({ dynamoDB, table, begin: true }, ledgerKey, credentials.project_id)
  }
  const person = personKey(ledgerKey, credentials.project_id, SHORT)
  const environment = { dynamoDB, table: 'Ledger', sleep, random: Math.random }
  const about = { source: 'urn:example:sweep', eventId: 'event-of-a-sweep' }
  await writeResets(environment, [{ person, at: Date.now(), outcome: 'reset', ...about }])
  return {
    secretsEndpoint: secrets.endpoint,
    outputs: {
      LedgerTableName: 'Ledger',
      LedgerKeyArn: secrets.put('LedgerKey', ledgerKey),
      StytchSecretArn: secrets.put('StytchSecret', JSON.stringify(credentials)),
    },
  }
}

/** Lambda with a mapping that is switched at once, and of which an action may be refused. Resolves to its endpoint. */
async function startLambda(refusedNow: () => RefusedAction | undefined): Promise<string> {
  const mapping = createMapping('Enabled', { isQuick: true })
  const { endpoint, stop } = await startLambdaApi(new Map([['fan-out-mapping', mapping]]), {
    intercept: async ({ action }) => {
      const refused = refusedNow()
      return action === refused?.action
        ? { status: 400, errorType: refused.errorType, message: INDISCREET }
        : 'pass'
    },
  })
  onTestFinished(() => stop())
  return endpoint
}

/** Writes event files, each under a path that is an e-mail address. Resolves to their paths by their content; one is missing. */
async function writeFiles(folder: string): Promise<Record<string, string>> {
  const members = [
    { email_address: MEMBER, password: PASSWORD },
    { email_address: ` ${MEMBER.toUpperCase()}`, [PASSWORD]: STRANGER },
    { email_address: MALFORMED, [STRANGER]: 1 },
    STRANGER,
  ]
  const texts = {
    not_json: SHORT,
    'a list': `email,member_id,${PASSWORD}\n${MEMBER},,${PASSWORD}\n${MALFORMED},${STRANGER},x\n${STRANGER}\n`,
    'a record': JSON.stringify({
      ...{ document_id: 'record-1', spycloud_publish_date: '2026-11-18T00:00:00Z', email: MEMBER },
      ...{ password: PASSWORD, username: STRANGER },
      ...{ target_url: `https://x/?${STRANGER}`, [MALFORMED]: PASSWORD },
    }),
    people: `${SHORT}\n${MALFORMED}\nx@l.example\n`,
    'an event': JSON.stringify(breachEvent({ [MEMBER]: PASSWORD, data: { members } })),
  }
  const fileOf = (name: string) => path.join(folder, name, MEMBER)
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(path.dirname(fileOf(name)), { recursive: true })
    await writeFile(fileOf(name), text)
  }
  return Object.fromEntries([...Object.keys(texts), 'no file'].map((name) => [`{${name}}`, fileOf(name)]))
}
