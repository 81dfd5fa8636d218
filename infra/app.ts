import { App } from 'aws-cdk-lib'
import { BreachResetStack } from './breach-reset-stack.ts'
import { stages } from './stages.ts'

const { local: _, ...deployable } = stages
const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env
const app = new App()
const name: string = app.node.tryGetContext('stage') ?? 'dev'

try {
  const stage = Object.entries(deployable).find(([stageName]) => stageName === name)?.[1]
  if (!stage) throw new Error(`-c stage must be one of ${Object.keys(deployable).join(', ')}`)
  new BreachResetStack(app, `BreachReset-${name}`, {
    stageName: name,
    stage,
    env: {
      ...(CDK_DEFAULT_ACCOUNT && { account: CDK_DEFAULT_ACCOUNT }),
      ...(CDK_DEFAULT_REGION && { region: CDK_DEFAULT_REGION }),
    },
  })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
