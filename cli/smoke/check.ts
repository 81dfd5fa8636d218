import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { canaryEvent } from '../../lib/contract/canary.ts'
import { followEvent } from './follow-event.ts'
import { judgeEnd, judgeSilence, type SmokeResult } from './judge.ts'
import type { SmokeTarget } from './target.ts'
import { readDepths } from './waiting.ts'

type CheckDeps = {
  timeoutMs: number
  now: () => number
  sleep: (ms: number) => Promise<unknown>
  /** Called with the id of the event just before it is sent. */
  onSend: (eventId: string) => void
}

/** Sends a canary event and finds out how it ends. Rejects when a request to AWS fails. `uuid` must be new each time. */
export async function runCheck(
  target: SmokeTarget,
  uuid: string,
  deps: CheckDeps,
): Promise<SmokeResult & { project_id?: string | undefined }> {
  const sentAt = deps.now()
  const event = canaryEvent(uuid, new Date(sentAt).toISOString())
  const before = await readDepths(target)
  // A caller that may not read the logs finds out before anything is sent.
  await target.readLines(event.id, sentAt)
  deps.onSend(event.id)
  const MessageBody = JSON.stringify(event)
  await target.sqs.send(new SendMessageCommand({ QueueUrl: target.queueUrls.breach, MessageBody }))
  const followed = await followEvent(target, { id: event.id, sentAt }, deps)
  const { end, others, projectId } = followed
  if (end) return { ...judgeEnd(end, others), project_id: projectId }
  const silence = judgeSilence(followed, sentAt, { now: await readDepths(target), before })
  return { ...silence, project_id: projectId }
}

/** The exit code of a smoke check: 0 everything is proved, 3 everything that a dry run can prove, 1 otherwise. */
export function exitCodeOf({ passed, outcome, code }: SmokeResult): 0 | 1 | 3 {
  if (passed) return 0
  return outcome === 'skipped' && code === 'dry_run' ? 3 : 1
}

const TITLES = { 0: 'PASSED', 1: 'FAILED', 3: 'PASSED as far as a dry run goes' }

/** The end of a smoke check in words. `ms`: how long it took. */
export function toReport(result: Awaited<ReturnType<typeof runCheck>>, ms: number): string {
  const { outcome, code, proves, sentence, project_id } = result
  const end = outcome === code ? outcome : `${outcome} ${code}`
  return [
    `${TITLES[exitCodeOf(result)]}: ${end}, after ${(ms / 1000).toFixed(1)} s`,
    `  ${sentence}`,
    ...(proves.length > 0 ? [`  proved: ${proves.join(', ')}`] : []),
    ...(project_id ? [`  Stytch project: ${project_id}`] : []),
  ].join('\n')
}
