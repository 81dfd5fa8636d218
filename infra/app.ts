import { App } from 'aws-cdk-lib'
import { BreachResetStack } from './breach-reset-stack.ts'
import { stages } from './stages.ts'

const { local: _, ...deployable } = stages
const app = new App()
const name: string = app.node.tryGetContext('stage') ?? 'dev'

try {
  const stage = Object.entries(deployable).find(([stageName]) => stageName === name)?.[1]
  if (!stage) throw new Error(`-c stage must be one of ${Object.keys(deployable).join(', ')}`)
  new BreachResetStack(app, `BreachReset-${name}`, { stageName: name, stage })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
