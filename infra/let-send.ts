import { type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'

type Conditions = Record<string, Record<string, string | string[]>>

/** Who is let send to a queue, and under which conditions the queue's policy and its key's policy let them. */
export type Sender = { sid: string; principals: IPrincipal[]; onQueue?: Conditions; onKey?: Conditions }

/** Lets a sender put messages on the queues, and have them encrypted. A key that was brought along keeps its own policy. */
export function letSend(
  queues: readonly IQueue[],
  key: IKey,
  { sid, principals, onQueue, onKey }: Sender,
): void {
  for (const queue of queues) {
    queue.addToResourcePolicy(
      new PolicyStatement({
        ...{ sid, principals, actions: ['sqs:SendMessage'], resources: [queue.queueArn] },
        ...(onQueue && { conditions: onQueue }),
      }),
    )
  }
  key.addToResourcePolicy(
    new PolicyStatement({
      ...{ sid, principals, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'] },
      ...(onKey && { conditions: onKey }),
    }),
  )
}
