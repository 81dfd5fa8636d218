import { expect, it, onTestFinished } from 'vitest'
import { listLatest } from '../../../../cli/progress/progress-source.ts'
import type { AwsCall } from '../../../../infra/local/aws-endpoint.ts'
import { OPERATOR, startLocalSystem } from '../../../../infra/local/local-system.ts'
import type { Stage } from '../../../../infra/stage.ts'
import { ACCEPTED, FINISHED } from '../../../../lib/contract/outcome-event.ts'
import { summarize } from '../../../../lib/progress/summary.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

const SIZE = 30
const FAILING = 2

/** Boots a stage and delivers an event. Returns what its functions asked for of the table of facts and of the event bus. */
async function deliverIn(stage: Stage) {
  const asked = new Set<string>()
  const count = ({ service, action, caller, body }: AwsCall) => {
    const { TableName = '' } = body as { TableName?: string }
    if (caller !== OPERATOR && (service === 'eventbridge' || TableName.startsWith('Progress')))
      asked.add(action)
  }
  const system = await startLocalSystem({
    ...{ stageName: 'local', stage: { ...stage, stytchRequestsPerSecond: 1000 } },
    intercept: async (call) => {
      count(call)
      return 'pass'
    },
  })
  onTestFinished(system.stop)
  await send(system, addCrowd(system, 'followed', { size: SIZE, failing: FAILING }).event)
  await waitUntil('the queues to be drained', () => isDrained(system))
  const source = { dynamoDB: system.dynamoDB, table: system.progress.table }
  const latest = await listLatest(source, { limit: 10, canaries: false, now: Date.now() })
  return { system, latest, asked }
}

it('the functions write down what became of an event, and send it to the bus of the stage', async () => {
  const { system, latest, asked } = await deliverIn(stages.local)
  expect(asked).toEqual(new Set(['PutItem', 'Query', 'PutEvents']))
  expect(latest).toMatchObject([{ state: 'finished', event: { id: 'followed' } }])
  const [delivery] = latest
  const summary = delivery && summarize(delivery)
  const reset = SIZE - FAILING
  expect(summary).toMatchObject({
    ...{ row_count: SIZE, reset: { count: reset }, dead_lettered: { count: FAILING }, open: { count: 0 } },
    sessions: { row_count: reset, ended: { count: reset } },
  })

  const said = new Map(system.bus.events().map((event) => [event.detail.id, event]))
  const common = { bus: 'local', source: 'breach-reset' }
  expect([...said.values()]).toMatchObject([
    { ...common, detailType: ACCEPTED, detail: { data: { row_count: SIZE } } },
    { ...common, detailType: FINISHED, detail: { data: summary } },
  ])
})

it('a stage without a bus for them sends no outcome events, and its functions read no facts', async () => {
  const { outcomes: _, ...stage } = stages.local
  const { system, latest, asked } = await deliverIn(stage)
  expect(latest).toMatchObject([{ state: 'finished' }])
  expect(asked).toEqual(new Set(['PutItem']))
  expect(system.bus.events()).toEqual([])
})
