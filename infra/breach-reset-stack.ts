import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { BreachReset } from './breach-reset.ts'
import type { BreachResetProps } from './props.ts'
import { toStage } from './stage.ts'

/** What `cdk deploy` deploys: Breach Reset in its own stack, with what operators need in the outputs. */
export class BreachResetStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stageName, stage: settings, ...props }: StackProps & { stageName: string; stage: BreachResetProps },
  ) {
    super(scope, id, {
      description: `Breach Reset, stage ${stageName}: resets the Stytch passwords of breached members and ends their sessions`,
      terminationProtection: toStage(settings).retainData,
      ...props,
    })
    // CDK leaves 'Default' out of logical ids, so resources are named as if they were in the stack itself.
    new BreachReset(this, 'Default', { ...settings, stageName }).addOutputs()
  }
}
