import { devNull } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { startTestFunction } from './start-test-function.ts'

const SHOW =
  'exports.handler = async () => ({ variables: process.env, directory: process.cwd(), node: process.version })'

async function show(environment: Record<string, string>) {
  const local = await startTestFunction(SHOW, { environment, name: 'require-reset' })
  const result = await local.invoke({})
  if (result.kind === 'failed') throw new Error(result.errorMessage)
  return result.payload as { variables: Record<string, string>; directory: string; node: string }
}

it('gives the function the variables Lambda sets, its own, and nothing of the parent but PATH', async () => {
  process.env.LEAKED_SECRET = 'from the parent'
  onTestFinished(() => void delete process.env.LEAKED_SECRET)
  const { variables } = await show({ LEDGER_TABLE: 'ledger' })
  expect(variables).toMatchObject({
    PATH: process.env.PATH,
    LEDGER_TABLE: 'ledger',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'require-reset',
    AWS_LAMBDA_FUNCTION_NAME: 'require-reset',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_CONFIG_FILE: devNull,
  })
  const others = Object.keys(variables).filter((name) => !/^(AWS|LAMBDA|_X_AMZN|_HANDLER$)/.test(name))
  expect(others.sort()).toEqual(['LANG', 'LEDGER_TABLE', 'PATH', 'TZ'])
})

it('runs in the asset directory, under the Node of this process', async () => {
  const { variables, directory, node } = await show({})
  expect(directory).toBe(variables.LAMBDA_TASK_ROOT)
  expect(node).toBe(process.version)
})

it("doesn't let a function replace the variables Lambda reserves", async () => {
  const { variables } = await show({
    AWS_ACCESS_KEY_ID: 'someone else',
    AWS_REGION: 'elsewhere',
    TZ: 'Asia/Tokyo',
  })
  expect(variables).toMatchObject({
    AWS_ACCESS_KEY_ID: 'require-reset',
    AWS_REGION: 'us-east-1',
    TZ: 'Asia/Tokyo',
  })
})
