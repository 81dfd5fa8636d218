import { App } from 'aws-cdk-lib'
import { BreachResetStack } from './breach-reset-stack.ts'
import { type DeployedStage, stages } from './stages.ts'

/** What `cdk` runs: one stack, of the stage that `-c stage=<name>` names. */
const app = new App()
try {
  const name: unknown = app.node.tryGetContext('stage')
  const { account, region, ...stage } = findStage(name)
  const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env
  // Without an account nobody is signed in, and the region is only the CDK's guess.
  if (CDK_DEFAULT_ACCOUNT) {
    assertIs('account', account, CDK_DEFAULT_ACCOUNT)
    assertIs('region', region, CDK_DEFAULT_REGION)
  }
  const env = { account: account ?? CDK_DEFAULT_ACCOUNT, region: region ?? CDK_DEFAULT_REGION }
  new BreachResetStack(app, `BreachReset-${name}`, {
    stageName: String(name),
    stage,
    env: { ...(env.account && { account: env.account }), ...(env.region && { region: env.region }) },
  })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

function findStage(name: unknown): DeployedStage {
  const stage = Object.entries(stages).find(([stageName]) => stageName === name)?.[1]
  if (stage) return stage
  const choices = Object.keys(stages).map((stageName) => `-c stage=${stageName}`)
  throw new Error(`which stage of infra/stages.ts? Add ${choices.join(' or ')}`)
}

function assertIs(what: 'account' | 'region', named: string | undefined, actual: string | undefined): void {
  if (named === undefined || named === actual) return
  throw new Error(
    `this stage may only be deployed to ${what} ${named}, and your AWS profile has ${actual}: choose another profile, or change the stage in infra/stages.ts`,
  )
}
