import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import type { SQSClient } from '@aws-sdk/client-sqs'
import { type AwsClients, readOutputs } from '../aws.ts'

/** A running system, deployed or local: everything in which the two differ. */
export type SmokeTarget = {
  sqs: SQSClient
  /** `sessions` is undefined in a stage without end-sessions. */
  queueUrls: Record<'breach' | 'reset' | 'deadLetter', string> & { sessions: string | undefined }
  /** Whether require-reset passes the event on to end-sessions. */
  endsSessions: boolean
  /** The functions' log lines since `since` (ms since the epoch) that may be about the event; others may be among them. */
  readLines(eventId: string, since: number): Promise<readonly string[]>
  /** How long to wait before the lines are read again. */
  lookEveryMs: number
}

const OUTPUTS = [
  'BreachQueueUrl',
  'ResetQueueUrl',
  'DeadLetterQueueUrl',
  'FanOutLogGroup',
  'RequireResetLogGroup',
] as const
/** A stage without end-sessions, or one that was deployed before there was any, has neither. */
const SESSIONS_OUTPUTS = ['SessionsQueueUrl', 'EndSessionsLogGroup'] as const
/** Each look reads up to three log groups; an account may call FilterLogEvents five times a second in most regions. */
const LOOK_EVERY_MS = 2000
/** How far this machine's clock may be ahead of AWS's: above 5 minutes the event itself is refused, and the log must show that. */
const CLOCK_AHEAD_MS = 6 * 60_000

/** Finds a deployed stack's queues and log groups by its outputs. Throws a sentence when it is not there or lacks some. */
export async function findDeployed(
  stackName: string,
  { cloudFormation, logs, sqs }: AwsClients,
): Promise<SmokeTarget> {
  const outputs = await readOutputs(cloudFormation, stackName, OUTPUTS, SESSIONS_OUTPUTS)
  const { FanOutLogGroup, RequireResetLogGroup, EndSessionsLogGroup, SessionsQueueUrl } = outputs
  const endsSessions = EndSessionsLogGroup !== undefined && SessionsQueueUrl !== undefined
  const logGroups = [FanOutLogGroup, RequireResetLogGroup, ...(endsSessions ? [EndSessionsLogGroup] : [])]
  return {
    sqs,
    queueUrls: {
      breach: outputs.BreachQueueUrl,
      reset: outputs.ResetQueueUrl,
      sessions: endsSessions ? SessionsQueueUrl : undefined,
      deadLetter: outputs.DeadLetterQueueUrl,
    },
    endsSessions,
    readLines: async (eventId, since) => {
      const search = { eventId, since: since - CLOCK_AHEAD_MS }
      return (await Promise.all(logGroups.map((group) => filterLogLines(logs, group, search)))).flat()
    },
    lookEveryMs: LOOK_EVERY_MS,
  }
}

/**
 * Reads the lines of a log group since `since` (ms since the epoch) that are about the event, or about a failure that
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
