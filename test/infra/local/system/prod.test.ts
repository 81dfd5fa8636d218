import { expect, it } from 'vitest'
import { startLocalSystem } from '../../../../infra/local/local-system.ts'
import type { Stage } from '../../../../infra/stage.ts'
import { everySetting, stages } from '../../../fixtures/stages.ts'
import { addCrowd, isDrained, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

async function runCrowd(stageName: string, stage: Stage) {
  const lines: string[] = []
  const system = await startLocalSystem({ stageName, stage, onLog: (line) => lines.push(line) })
  try {
    await send(system, addCrowd(system, 'prod', { size: 40 }).event)
    await waitUntil('the queues to be drained', () => isDrained(system))
    return { calls: system.stytch.calls().length, logs: lines.join('\n') }
  } finally {
    await system.stop()
  }
}

it('a dry run of a production stage decides about everybody and calls nobody', async () => {
  const { calls, logs } = await runCrowd('prod', stages.prod)
  expect(calls).toBe(0)
  expect(logs.match(/"code":"dry_run"/g)).toHaveLength(40)
})

it('a production stage with every setting in use resets everybody once', async () => {
  const { calls, logs } = await runCrowd('prod', { ...everySetting, mode: 'enforce' })
  expect(calls).toBe(40)
  expect(logs.match(/"outcome":"reset"/g)).toHaveLength(40)
})
