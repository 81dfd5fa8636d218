import { expect, it } from 'vitest'
import { listLatest } from '../../../../cli/progress/progress-source.ts'
import { OPERATOR } from '../../../../infra/local/access.ts'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import type { Stage } from '../../../../infra/stage.ts'
import { everySetting, stages } from '../../../fixtures/stages.ts'
import { addCrowd, isDrained, send, signedIn } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

async function runCrowd(stageName: string, stage: Stage) {
  const lines: string[] = []
  const asked = new Set<string>()
  const system = await startLocalSystem({
    ...{ stageName, stage, onLog: (line) => lines.push(line) },
    intercept: async ({ service, action, caller, body }) => {
      const { TableName = '' } = body as { TableName?: string }
      const isProgress = service === 'eventbridge' || TableName.startsWith('Progress')
      if (isProgress && caller !== OPERATOR) asked.add(action)
      return 'pass'
    },
  })
  try {
    const { emails, event } = addCrowd(system, 'prod', { size: 40 })
    await send(system, event)
    await waitUntil('the queues to be drained', () => isDrained(system))
    const { stytch, dynamoDB, progress } = system
    const source = { dynamoDB, table: progress.table }
    const latest = await listLatest(source, { limit: 9, canaries: false, now: Date.now() })
    return {
      ...{ calls: stytch.calls().length, signedIn: signedIn(system, emails).length, logs: lines.join('\n') },
      ...{ states: latest.map(({ state }) => state), asked: [...asked].toSorted() },
    }
  } finally {
    await system.stop()
  }
}

it('a dry run of a production stage decides about everybody and calls nobody; without a bus its functions read no facts', async () => {
  const { calls, signedIn, logs, states, asked } = await runCrowd('prod', stages.prod)
  expect([calls, signedIn]).toEqual([0, 40])
  expect(logs.match(/"code":"dry_run"/g)).toHaveLength(40)
  expect([states, asked]).toEqual([['finished'], ['PutItem']])
})

it('a production stage with every setting in use resets everybody once, and logs them out', async () => {
  const { calls, signedIn, logs, states, asked } = await runCrowd('prod', {
    ...everySetting,
    mode: 'enforce',
  })
  expect([calls, signedIn]).toEqual([40, 0])
  expect(logs.match(/"outcome":"reset"/g)).toHaveLength(40)
  expect(logs.match(/"outcome":"ended"/g)).toHaveLength(40)
  expect([states, asked]).toEqual([['finished'], ['PutEvents', 'PutItem', 'Query']])
})
