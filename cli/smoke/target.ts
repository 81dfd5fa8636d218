import { randomUUID } from 'node:crypto'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { type LocalSystem, startLocalSystem } from '../../infra/local/local-system.ts'
import { stages } from '../../infra/stages.ts'
import { type AwsClients, readOutputs } from '../aws.ts'
import { untilInterrupted } from '../terminal.ts'
import { checkWay, exitCodeOf, type SmokeResult, toReport, type Way } from './check.ts'

/** `stackName`: the deployed stack; undefined means a local system. */
export type SmokeOptions = { stackName: string | undefined; timeoutMs: number; json: boolean }

/** Opens the way to a system, checks it and tells. Resolves to the exit code. `target`: what the system is called. */
export async function checkTarget(
  target: string,
  open: () => Promise<Way>,
  { timeoutMs, json }: SmokeOptions,
  stdout: Writable,
): Promise<number> {
  const say = (text: string) => void (json || stdout.write(`${text}\n`))
  let startedAt = Date.now()
  let event_id: string | undefined
  const onSend = (id: string) => {
    startedAt = Date.now()
    event_id = id
    say(`Sending ${id} to ${target} ...`)
  }
  const deps = { timeoutMs, now: Date.now, sleep, onSend }
  const result = await open()
    .then((way) => checkWay(way, randomUUID(), deps))
    .catch(toFailure)
  const ms = Date.now() - startedAt
  say(toReport(result, ms))
  if (json) stdout.write(`${JSON.stringify({ ...result, ms, event_id, target }, undefined, 2)}\n`)
  return exitCodeOf(result)
}

function toFailure(error: unknown): SmokeResult {
  const sentence = error instanceof Error ? `${error.message}.` : 'failed.'
  return { outcome: 'not_checked', code: 'request_failed', passed: false, proves: [], sentence }
}

/** Boots the system on this machine, checks it, and stops it, also on Ctrl-C. Resolves to the exit code. */
export function checkLocal(options: SmokeOptions, stdout: Writable): Promise<number> {
  const lines: string[] = []
  const booting = startLocalSystem({
    stageName: 'local',
    stage: stages.local,
    onLog: (line) => lines.push(line),
  })
  const stop = () =>
    booting.then(
      (system) => system.stop(),
      () => {},
    )
  return untilInterrupted(stop, () => {
    if (!options.json) stdout.write('Synthesizing the stack and booting it on 127.0.0.1 ...\n')
    const open = async () => toLocalWay(await booting, lines)
    return checkTarget('the local system, beside a simulated Stytch', open, options, stdout)
  })
}

/** The way through a local system. `lines`: what its functions have logged, filled by its `onLog`. */
function toLocalWay({ sqs, queues }: LocalSystem, lines: readonly string[]): Way {
  return {
    sqs,
    queueUrls: {
      breach: queues.breach.url,
      reset: queues.reset.url,
      deadLetter: queues.deadLetter.url,
    },
    readLines: async () => lines,
    lookEveryMs: 50,
  }
}

const OUTPUTS = [
  'BreachQueueUrl',
  'ResetQueueUrl',
  'DeadLetterQueueUrl',
  'FanOutLogGroup',
  'RequireResetLogGroup',
] as const
/** Each look reads two log groups; an account may call FilterLogEvents five times a second in most regions. */
const LOOK_EVERY_MS = 2000
/** How far this machine's clock may be ahead of AWS's: above 5 minutes the event itself is refused, and the log must show that. */
const CLOCK_AHEAD_MS = 6 * 60_000

/** Finds a deployed stack's queues and log groups by its outputs. Throws a sentence when it is not there or lacks some. */
export async function findDeployed(
  stackName: string,
  { cloudFormation, logs, sqs }: AwsClients,
): Promise<Way> {
  const outputs = await readOutputs(cloudFormation, stackName, OUTPUTS)
  const logGroups = [outputs.FanOutLogGroup, outputs.RequireResetLogGroup]
  return {
    sqs,
    queueUrls: {
      breach: outputs.BreachQueueUrl,
      reset: outputs.ResetQueueUrl,
      deadLetter: outputs.DeadLetterQueueUrl,
    },
    readLines: async (eventId, since) => {
      const search = { eventId, since: since - CLOCK_AHEAD_MS }
      return (await Promise.all(logGroups.map((group) => filterLogLines(logs, group, search)))).flat()
    },
    lookEveryMs: LOOK_EVERY_MS,
  }
}

/**
 * Reads the lines of a log group since `since` (ms since the epoch) that are about the event, or tell of a failure that
 * may be. A page may be empty and not be the last (API reference of FilterLogEvents).
 */
async function filterLogLines(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  { eventId, since }: { eventId: string; since: number },
): Promise<string[]> {
  const filterPattern = `{ ($.event_id = "${eventId}") || ($.level = "ERROR") || ($.message = "calling stopped") }`
  const pages = paginateFilterLogEvents({ client: logs }, { logGroupName, startTime: since, filterPattern })
  const lines: string[] = []
  for await (const { events = [] } of pages) lines.push(...events.map(({ message = '' }) => message))
  return lines
}
