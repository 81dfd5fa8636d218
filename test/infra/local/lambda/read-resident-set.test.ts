import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readResidentSet } from '../../../../infra/local/lambda/function.ts'
import { startTestFunction } from './start-test-function.ts'

it.runIf(existsSync('/proc'))(
  'reads the memory of a function that is alive, and none once it is gone',
  async () => {
    const local = await startTestFunction('exports.handler = async () => process.memoryUsage().rss')
    const result = await local.invoke({})
    const [pid = 0] = local.pids()
    const told = result.kind === 'answered' ? Number(result.payload) : 0
    expect(Math.abs((readResidentSet(pid) ?? 0) / told - 1)).toBeLessThan(0.5)
    await local.stop()
    expect(readResidentSet(pid)).toBeUndefined()
  },
)
