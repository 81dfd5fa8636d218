import { App, Stack } from 'aws-cdk-lib'
import { expect, it } from 'vitest'
import { BreachReset } from '../../infra/breach-reset.ts'
import { stages } from '../../infra/stages.ts'

it('refuses a second one of the same name in a stack: one canary would hide that the other is dead', () => {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack')
  const props = { stageName: 'eu', stage: stages.prod }
  new BreachReset(stack, 'First', props)
  expect(() => new BreachReset(stack, 'Second', props)).toThrow(
    "this stage can't work: stageName eu is taken",
  )
  expect(() => new BreachReset(stack, 'Third', { ...props, stageName: 'us' })).not.toThrow()
})

it.each(['eu prod', 'é', '', 'prod.eu'])(
  'refuses the name %j, which a dashboard can not have',
  (stageName) => {
    const stack = new Stack(new App(), 'Stack')
    expect(() => new BreachReset(stack, 'First', { stageName, stage: stages.prod })).toThrow(
      "this stage can't work: its name must be",
    )
  },
)
