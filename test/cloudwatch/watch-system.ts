import { type LocalSystemOptions, startLocalSystem } from '../../infra/local/local-system.ts'
import { createMetricStore } from './metrics.ts'
import { constructIdOf } from './read-alarms.ts'
import { readEmf } from './read-emf.ts'

export type WatchedSystem = Awaited<ReturnType<typeof watchSystem>>

/**
 * Starts a local system and collects metrics: those of the functions, from their log lines, and those of Lambda. `sampleQueues`
 * adds those of SQS now. Like SQS, it ignores messages that were received three times when it measures the age.
 */
export async function watchSystem(options: LocalSystemOptions) {
  const store = createMetricStore()
  const lines: string[] = []
  const system = await startLocalSystem({
    ...options,
    onLog(line) {
      lines.push(line)
      for (const datum of readEmf(line)) store.put(datum)
    },
    onBatch({ functionName, result }) {
      const common = {
        namespace: 'AWS/Lambda',
        dimensions: { FunctionName: constructIdOf(functionName) },
        at: Date.now(),
      }
      const failed = result.kind === 'failed' ? 1 : 0
      store.put({ ...common, name: 'Errors', unit: 'Count', values: [failed] })
      store.put({ ...common, name: 'Throttles', unit: 'Count', values: [0] })
      store.put({ ...common, name: 'Invocations', unit: 'Count', values: [1] })
      store.put({ ...common, name: 'Duration', unit: 'Milliseconds', values: [result.durationMs] })
    },
  })

  function sampleQueues(): void {
    const at = Date.now()
    for (const { url } of Object.values(system.queues).filter((queue) => queue !== undefined)) {
      const QueueName = constructIdOf(url.split('/').at(-1) ?? '')
      const { visible, inFlight, delayed } = system.inspector.depth(url)
      const counted = system.inspector.messages(url).filter(({ receiveCount }) => receiveCount < 3)
      const oldest = Math.min(at, ...counted.map(({ sentAt }) => sentAt))
      const put = (name: string, unit: string, value: number) =>
        store.put({ namespace: 'AWS/SQS', name, dimensions: { QueueName }, unit, at, values: [value] })
      put('ApproximateNumberOfMessagesVisible', 'Count', visible)
      put('ApproximateNumberOfMessagesNotVisible', 'Count', inFlight)
      put('ApproximateNumberOfMessagesDelayed', 'Count', delayed)
      put('ApproximateAgeOfOldestMessage', 'Seconds', (at - oldest) / 1000)
    }
  }

  return { system, store, lines, sampleQueues }
}
