import path from 'node:path'
import { App } from 'aws-cdk-lib'
import { BreachResetStack } from '../breach-reset-stack.ts'
import type { Stage } from '../stage.ts'
import type { Template } from './template.ts'

export type Synthesized = { template: Template; assetDirectory: (s3Key: string) => string }

/**
 * Synthesizes the CDK app for one stage into `outputDirectory`, bundles included: what `cdk deploy` would upload.
 * The directory must lie outside the repository, whose package.json would turn the CommonJS bundles into ES modules.
 */
export function synthesizeStage(stageName: string, stage: Stage, outputDirectory: string): Synthesized {
  const app = new App({ outdir: outputDirectory, analyticsReporting: false })
  const stack = new BreachResetStack(app, `BreachReset-${stageName}`, { stageName, stage })
  const { template } = app.synth().getStackByName(stack.stackName)
  return {
    template,
    assetDirectory: (s3Key) => path.join(outputDirectory, `asset.${path.parse(s3Key).name}`),
  }
}
