import { App, Stack } from 'aws-cdk-lib'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { expect, it } from 'vitest'
import { demandSameRegion } from '../../infra/breach-reset.ts'
import { stages } from '../../infra/stages.ts'
import { everyKnob } from './every-knob.ts'

const inRegion = (region?: string) => new Stack(new App(), 'Stack', { ...(region && { env: { region } }) })

it.each([
  ['kmsKeyArn', { kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d' }],
  ['alarmTopicArn', { alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:pages' }],
  ['producers.topicArns', { producers: { topicArns: ['arn:aws:sns:eu-west-1:111122223333:breaches'] } }],
])('refuses %s of another region than that of the deployment', (knob, knobs) => {
  const stage = { ...stages.prod, ...knobs }
  expect(() => demandSameRegion(inRegion('us-east-1'), stage)).toThrow(
    `${knob} names something in eu-west-1, and the stack is deployed to us-east-1`,
  )
  expect(() => demandSameRegion(inRegion('eu-west-1'), stage)).not.toThrow()
})

it('takes any region while that of the deployment is not known', () => {
  expect(() => demandSameRegion(inRegion(), everyKnob)).not.toThrow()
})

it('takes an ARN that another part of the app will only know at deployment', () => {
  const stack = inRegion('us-east-1')
  const stage = { ...stages.prod, alarmTopicArn: new Topic(stack, 'Pages').topicArn }
  expect(() => demandSameRegion(stack, stage)).not.toThrow()
})
