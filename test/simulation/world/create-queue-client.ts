import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs'
import type { Step } from '../scenario/faults-at.ts'
import type { Environment } from './create-environment.ts'
import type { QueueName } from './entry.ts'
import type { Answering, World } from './world.ts'

export type Role = 'fan-out' | 'require-reset'

const STEPS: Record<Role, Record<string, Step>> = {
  'fan-out': { reset: 'send chunks', 'dead-letter': 'send fan-out letters' },
  'require-reset': { reset: 'send remainder', 'dead-letter': 'send dead letters' },
}

/** SQS as one execution environment of a function sees it. A queue's URL is its name. */
export function createQueueClient({ queues }: World, environment: Environment, role: Role) {
  return async (command: unknown): Promise<unknown> => {
    if (!(command instanceof SendMessageBatchCommand)) throw new Error('SQS is asked for nothing else')
    const { QueueUrl = '', Entries = [] } = command.input
    const name = QueueUrl as QueueName
    return environment.perform(STEPS[role][name] ?? 'send chunks', (answering) =>
      take(queues[name], Entries, answering),
    )
  }
}

function take(
  queue: World['queues'][QueueName],
  entries: readonly SendMessageBatchRequestEntry[],
  { invocation, fault }: Answering,
) {
  demandSendable(entries)
  const half = Math.floor(entries.length / 2)
  const taken =
    fault === 'partial' ? entries.slice(0, half) : fault === 'never taken' ? entries.slice(1) : entries
  for (const copy of fault === 'sent twice' ? [false, true] : [false])
    for (const entry of taken) put(entry, copy)
  const left = entries.filter((entry) => !taken.includes(entry))
  const SenderFault = fault === 'never taken'
  return {
    Successful: taken.map(({ Id }) => ({ Id })),
    Failed: left.map(({ Id }) => ({ Id, SenderFault, Code: SenderFault ? 'Invalid' : 'InternalError' })),
  }

  function put(entry: SendMessageBatchRequestEntry, copy: boolean): void {
    const attributes = Object.entries(entry.MessageAttributes ?? {})
    queue.send({
      body: entry.MessageBody ?? '',
      attributes: Object.fromEntries(attributes.map(([name, { StringValue = '' }]) => [name, StringValue])),
      groupId: entry.MessageGroupId,
      delaySeconds: entry.DelaySeconds ?? 0,
      by: invocation,
      copy,
    })
  }
}

/** What SQS refuses as a whole. */
function demandSendable(entries: readonly SendMessageBatchRequestEntry[]): void {
  const bytes = entries.reduce((sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody), 0)
  const ids = new Set(entries.map(({ Id }) => Id))
  const isFine =
    entries.length > 0 && entries.length <= 10 && ids.size === entries.length && bytes <= 1_048_576
  if (!isFine || entries.some(({ DelaySeconds = 0 }) => DelaySeconds > 900))
    throw new Error(`SQS refuses a batch of ${entries.length} entries and ${bytes} bytes`)
}
