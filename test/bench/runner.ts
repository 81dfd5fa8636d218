import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import type * as z from 'zod'
import type { ConfigSchema } from '../../functions/require-reset/config.ts'
import { deriveSettings, type Settings } from '../../infra/derive-settings.ts'
import { functionVariables, heapFlags } from '../../infra/local/lambda/runtime-client.ts'
import type { Stage } from '../../infra/stage.ts'
import { BREACH_EVENT_TYPE, MAX_MEMBERS, type ResetEvent } from '../../lib/contract/breach-event.ts'
import { stages } from '../fixtures/stages.ts'
import type { Bench } from './bench.ts'
import { CREDENTIALS, LEDGER_KEY, LEDGER_KEY_SECRET, ORGANIZATION_ID, STYTCH_SECRET } from './made-up.ts'
import { startProcess } from './start-process.ts'
import type { VariantName } from './variants.ts'

/** A fresh process that has loaded a variant's bundle and been called with one member. */
type Runner = { firstCall: FirstCall; run(events: SQSEvent[]): Promise<Run> }

/** ms since the process started, until Node was up, until the handler was loaded, and until its first call with one member returned. */
type FirstCall = { bootedMs: number; loadedMs: number; answeredMs: number }

/** One run: how long it took, the CPU it used, and the peak memory of the process so far. */
type Run = { wallMs: number; cpuMicros: number; peakRssKb: number }

const MEMORY_MB = 512

/** Starts a runner of a variant for the duration of `work`. Returns what `work` returns. */
export async function withRunner<Result>(
  bench: Bench,
  variant: VariantName,
  inFlight: number,
  work: (runner: Runner) => Promise<Result>,
): Promise<Result> {
  const env = functionVariables(
    {
      name: variant,
      assetDirectory: bench.bundles[variant],
      handler: 'index.handler',
      environment: toEnvironment(bench, inFlight),
      timeoutMs: 0,
      memoryMb: MEMORY_MB,
      onLog: () => {},
    },
    '',
  )
  const args = [JSON.stringify(toEvents(1, { perEvent: 1 })[0])]
  const child = startProcess<SQSEvent[], FirstCall | Run>(path.join(import.meta.dirname, 'runner.cjs'), {
    ...{ env, args, execArgv: heapFlags(MEMORY_MB) },
  })
  await bench.keep(Promise.resolve(child))
  try {
    const firstCall = (await child.next()) as FirstCall
    return await work({ firstCall, run: (events) => child.ask(events) as Promise<Run> })
  } finally {
    await child.stop()
  }
}

/** The environment variables of all variants; each reads its own. The rate is so high that it never limits. */
function toEnvironment(
  { server, certificate }: Pick<Bench, 'server' | 'certificate'>,
  inFlight: number,
): Record<string, string> {
  const { project_id, secret } = CREDENTIALS
  const requireReset: Record<
    Exclude<keyof z.input<typeof ConfigSchema>, 'SESSIONS_QUEUE_URL' | 'OUTCOME_BUS'>,
    string
  > = {
    STAGE: 'bench',
    MODE: 'enforce',
    RESET_QUEUE_URL: `${server.awsUrl}/000000000000/reset`,
    DEAD_LETTER_QUEUE_URL: `${server.awsUrl}/000000000000/dead-letter`,
    LEDGER_TABLE: 'ledger',
    PROGRESS_TABLE: 'progress',
    LEDGER_KEY_SECRET,
    STYTCH_SECRET,
    STYTCH_ENVIRONMENT: 'test',
    STYTCH_BASE_URL: server.stytchUrl,
    STYTCH_REQUESTS_PER_SECOND: '1000000',
    STYTCH_CALLS_IN_FLIGHT: String(inFlight),
    MAX_UNRECORDED: String(inFlight + awaitingRow(inFlight)),
    STYTCH_TIMEOUT_MS: '10000',
    FUNCTION_TIMEOUT_MS: '60000',
    SETTLE_RESERVE_MS: '12000',
    RETRY_HORIZON_HOURS: '24',
  }
  return {
    ...requireReset,
    NODE_EXTRA_CA_CERTS: certificate.file,
    AWS_ENDPOINT_URL_DYNAMODB: server.awsUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.awsUrl,
    AWS_ENDPOINT_URL_SQS: server.awsUrl,
    // breach-reset-bare and the floor do not ask for their secrets.
    STYTCH_CREDENTIALS: JSON.stringify(CREDENTIALS),
    STYTCH_BASIC_AUTH: `${project_id}:${secret}`,
    LEDGER_KEY,
    IDEMPOTENCY_TABLE: 'idempotency',
  }
}

/** The calls per second of an environment with one call in flight, when a call takes a quarter of a second. */
const CALLS_PER_SECOND_IN_FLIGHT = 4

/** How many people may wait for their row to be written, in a stage whose rate calls for `inFlight` calls in flight. */
function awaitingRow(inFlight: number): number {
  const { maxUnrecorded, callsInFlight } = settingsForShare(inFlight * CALLS_PER_SECOND_IN_FLIGHT)
  return maxUnrecorded - callsInFlight
}

const MEMBERS_PER_RECORD = 25

/**
 * Makes SQS events with `members` people in total, none of whom appears twice in the whole benchmark: at most `perEvent` in each
 * event, in records of 25, or all in one record with `oneRecord`.
 */
export function toEvents(
  members: number,
  { perEvent, oneRecord = false }: { perEvent: number; oneRecord?: boolean },
): SQSEvent[] {
  const everybody = Array.from({ length: members }, (_, index) => ({
    email_address: `member-${index}@${randomUUID()}.example`,
    organization_id: ORGANIZATION_ID,
    row_index: index % MAX_MEMBERS,
  }))
  return chunk(everybody, perEvent).map((some) => {
    const run = { id: randomUUID(), resetrun: randomUUID() }
    return {
      Records: chunk(some, oneRecord ? perEvent : MEMBERS_PER_RECORD).map((rows) => toRecord(run, rows)),
    }
  })
}

/** A message between fan-out and require-reset. */
function toRecord(run: { id: string; resetrun: string }, members: ResetEvent['data']['members']): SQSRecord {
  const now = new Date().toISOString()
  const event: ResetEvent = {
    specversion: '1.0',
    type: BREACH_EVENT_TYPE,
    source: 'https://bench.example',
    ...run,
    time: now,
    fence: now,
    attempts: 0,
    data: { reason: 'third_party_breach', members },
  }
  return {
    messageId: randomUUID(),
    receiptHandle: randomUUID(),
    body: JSON.stringify(event),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(Date.now()),
      SenderId: 'bench',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:reset',
    awsRegion: 'us-east-1',
  }
}

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** The settings of a stage like `prod` whose rate lets each environment make `share` calls a second. */
export function settingsForShare(share: number, stage: Stage = stages.prod): Settings {
  return deriveSettings({ ...stage, stytchRequestsPerSecond: share * stage.maximumConcurrency })
}
