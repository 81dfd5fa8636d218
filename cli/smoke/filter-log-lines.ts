import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'

/**
 * Reads the lines of a log group since `since` (ms since the epoch) that are about the event, or tell of a failure that
 * may be. A page may be empty and not be the last (API reference of FilterLogEvents).
 */
export async function filterLogLines(
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
