import { App } from 'aws-cdk-lib'
import { BreachResetStack } from './breach-reset-stack.ts'
import { stages } from './stages.ts'

const app = new App()
const name: string = app.node.tryGetContext('stage') ?? 'dev'
const stage = Object.entries(stages).find(([stageName]) => stageName === name)?.[1]
if (!stage) throw new Error(`-c stage=${name}: must be one of ${Object.keys(stages).join(', ')}`)

new BreachResetStack(app, `BreachReset-${name}`, { stageName: name, stage })
