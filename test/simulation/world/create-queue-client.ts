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
  { invocation, partial, twice }: Answering,
) {
  const taken = partial ? entries.slice(0, Math.floor(entries.length / 2)) : entries
  for (const copy of twice ? [false, true] : [false]) for (const entry of taken) put(entry, copy)
  return {
    Successful: taken.map(({ Id }) => ({ Id })),
    Failed: entries.slice(taken.length).map(({ Id }) => ({ Id, SenderFault: false, Code: 'InternalError' })),
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
