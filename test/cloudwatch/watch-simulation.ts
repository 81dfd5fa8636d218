import type { Stage } from '../../infra/stage.ts'
import { bigBreach } from '../simulation/outage/outage.ts'
import type { Deployment, Scenario } from '../simulation/scenario/scenario.ts'
import type { Seams } from '../simulation/world/boot.ts'
import type { Entry, QueueName, Role } from '../simulation/world/journal.ts'
import { startFunctions } from '../simulation/world/lambda.ts'
import { createWorld, type World } from '../simulation/world/world.ts'
import { createMetricStore, type MetricStore } from './metrics.ts'

const MINUTE = 60_000

/**
 * Runs all functions, as they are, in the simulation for `lastsMs` of virtual time. Resolves to the metrics that CloudWatch would
 * have: those of the functions, of Lambda, and of SQS, one sample every `sampleMs`. `startedAt` is in ms since the epoch; queues
 * and functions are named by their construct ids.
 */
export async function watchSimulation(options: {
  stageName: string
  deployment: Deployment
  scenario: Partial<Scenario> & { people: Scenario['people'] }
  seams?: Seams
  /** Is called before time begins, to put on the timeline what is sent and what goes wrong. */
  begin: (world: World) => void
  lastsMs: number
  sampleMs?: number
}): Promise<{ store: MetricStore; startedAt: number }> {
  const { stageName, deployment, scenario, seams, begin, lastsMs, sampleMs = MINUTE } = options
  const store = createMetricStore()
  const { world, journal } = createWorld({ ...bigBreach(0, []), ...scenario }, deployment)
  const { timeline, startedAt, queues } = world
  startFunctions(world, {
    ...seams,
    onMeasure: (environment, name, value) =>
      store.put({
        namespace: 'BreachReset',
        name,
        dimensions: { service: environment.replace(/-\d+$/, ''), stage: stageName },
        unit: name.endsWith('Ms') ? 'Milliseconds' : 'Count',
        at: timeline.now(),
        values: [value],
      }),
  })
  begin(world)
  for (let at = 0; at <= lastsMs; at += sampleMs)
    timeline.at(startedAt + at, () => {
      for (const name of Object.keys(queues) as QueueName[]) sampleQueue(store, world, name)
    })
  await timeline.run(startedAt + lastsMs, () => false)
  countInvocations(store, journal, deployment.stage)
  return { store, startedAt }
}

const QUEUES: Record<QueueName, string> = {
  breach: 'BreachQueue',
  reset: 'ResetQueue',
  sessions: 'SessionsQueue',
  'dead-letter': 'DeadLetterQueue',
  rehearsed: 'RehearsedQueue',
}

/** SQS's metrics of a queue as it is now. As SQS does, it ignores messages that were received three times when it measures the age. */
function sampleQueue(store: MetricStore, { queues, timeline }: World, name: QueueName): void {
  const now = timeline.now()
  const messages = queues[name].all()
  const oldest = Math.min(
    now,
    ...messages.filter(({ receiveCount }) => receiveCount < 3).map(({ sentAt }) => sentAt),
  )
  const put = (metric: string, unit: string, value: number) =>
    store.put({
      ...{ namespace: 'AWS/SQS', name: metric, dimensions: { QueueName: QUEUES[name] } },
      ...{ unit, at: now, values: [value] },
    })
  put(
    'ApproximateNumberOfMessagesVisible',
    'Count',
    messages.filter(({ visibleAt }) => visibleAt <= now).length,
  )
  put('ApproximateAgeOfOldestMessage', 'Seconds', (now - oldest) / 1000)
}

const FUNCTIONS: Record<Role, string> = {
  'fan-out': 'FanOut',
  'require-reset': 'RequireReset',
  'end-sessions': 'EndSessions',
}

/** Lambda's metrics of every invocation that is over. */
function countInvocations(store: MetricStore, journal: readonly Entry[], stage: Stage): void {
  const begun = new Map<string, { at: number; role: Role }>()
  for (const entry of journal) {
    if (entry.what === 'invoked') begun.set(entry.invocation, entry)
    if (entry.what !== 'ended' && entry.what !== 'crashed') continue
    const started = begun.get(entry.invocation ?? '')
    if (!started) continue
    begun.delete(entry.invocation ?? '')
    const common = {
      namespace: 'AWS/Lambda',
      dimensions: { FunctionName: FUNCTIONS[started.role] },
      at: entry.at,
    }
    const durationMs = Math.min(entry.at - started.at, stage.functionTimeout.toMilliseconds())
    store.put({ ...common, name: 'Errors', unit: 'Count', values: [entry.what === 'crashed' ? 1 : 0] })
    store.put({ ...common, name: 'Duration', unit: 'Milliseconds', values: [durationMs] })
  }
}
