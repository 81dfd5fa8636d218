import type { SQSClient } from '@aws-sdk/client-sqs'

/** How to reach a running system, deployed or local: all in which the two differ. */
export type Way = {
  sqs: SQSClient
  queueUrls: Record<'breach' | 'reset' | 'deadLetter', string>
  /** The functions' log lines since `since` (ms since the epoch) that can tell about the event; others may be among them. */
  readLines(eventId: string, since: number): Promise<readonly string[]>
  /** How long to wait between two looks at the lines. */
  lookEveryMs: number
}
