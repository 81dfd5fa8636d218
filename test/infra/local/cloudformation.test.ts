import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { describe, expect, it, onTestFinished } from 'vitest'
import { resolveOutputs, startCloudFormation } from '../../../infra/local/cloudformation.ts'
import { createResolver } from '../../../infra/local/template.ts'

async function openCloudFormation(stacks: Record<string, Record<string, string>>) {
  const { endpoint, stop } = await startCloudFormation(stacks)
  const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret' }
  const client = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(async () => {
    client.destroy()
    await stop()
  })
  return client
}

describe('CloudFormation', () => {
  it('answers the outputs of the stack that is asked for, whatever is in them', async () => {
    const outputs = { Mode: 'enforce', Odd: '<a href="b">&amp;</a>' }
    const client = await openCloudFormation({ one: outputs, other: {} })
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'one' }))
    expect(Stacks).toMatchObject([{ StackName: 'one', StackStatus: 'CREATE_COMPLETE' }])
    const read = Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])
    expect(Object.fromEntries(read ?? [])).toEqual(outputs)
  })

  it('answers ValidationError for a stack that is not there', async () => {
    const client = await openCloudFormation({ one: {} })
    const asked = client.send(new DescribeStacksCommand({ StackName: 'constructor' }))
    await expect(asked).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id constructor does not exist',
    })
  })

  it('answers InvalidAction for any other action', async () => {
    const client = await openCloudFormation({ one: {} })
    await expect(client.send(new ListStacksCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' })
  })
})

describe('the outputs of a template', () => {
  it('are those of the local resources, with made-up names for what exists only at AWS', () => {
    const resolver = createResolver()
    resolver.define('Queue', { ref: 'http://127.0.0.1/queue' })
    const template = {
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue' },
        Topic: { Type: 'AWS::SNS::Topic' },
        Key: { Type: 'AWS::KMS::Key' },
        LogGroup: { Type: 'AWS::Logs::LogGroup' },
      },
      Outputs: {
        Limit: { Value: 1000 },
        Queue: { Value: { Ref: 'Queue' } },
        Topic: { Value: { Ref: 'Topic' } },
        Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
        LogGroup: { Value: { 'Fn::Join': ['-', ['a', { Ref: 'LogGroup' }]] } },
      },
    }
    expect(resolveOutputs(template, resolver)).toEqual({
      Limit: '1000',
      Queue: 'http://127.0.0.1/queue',
      Topic: 'arn:aws:sns:us-east-1:000000000000:Topic',
      Key: 'arn:aws:kms:us-east-1:000000000000:Key',
      LogGroup: 'a-LogGroup',
    })
  })
})
