import { App } from 'aws-cdk-lib'
import { BreachResetStack } from './breach-reset-stack.ts'
import { chooseStage } from './choose-stage.ts'
import { stages } from './stages.ts'

/** What `cdk` runs: one stack, of the stage that `-c stage=<name>` names. */
const app = new App()
try {
  const { stageName, ...props } = chooseStage(stages, app.node.tryGetContext('stage'), process.env)
  new BreachResetStack(app, `BreachReset-${stageName}`, { stageName, ...props })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
