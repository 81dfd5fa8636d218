import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, deadLettered, send } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

const as = ({ token: sessionToken }: LocalSystem) => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'producer-7', secretAccessKey: 'any', sessionToken },
})

async function readOutputs(system: LocalSystem) {
  const client = new CloudFormationClient({ ...as(system), endpoint: system.endpoints.cloudFormation })
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'BreachReset-local' }))
  client.destroy()
  return Object.fromEntries(
    Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]) ?? [],
  )
}

async function receiveSender(sqs: SQSClient, QueueUrl: string) {
  const MessageSystemAttributeNames = ['SenderId' as const]
  const command = new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames, WaitTimeSeconds: 5 })
  return (await sqs.send(command)).Messages?.[0]?.Attributes?.SenderId
}

it('the local stack has the outputs of the deployed one, and SQS says who sends', async () => {
  const system = await startLocalSystem({
    stageName: 'local',
    stage: { ...stages.local, maxMembersPerEvent: 1 },
  })
  const producer = new SQSClient({ ...as(system), endpoint: system.endpoints.sqs })
  try {
    const { queues, progress } = system
    const outputs = await readOutputs(system)
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(system.template.Outputs ?? {}).sort())
    expect(outputs).toMatchObject({
      ...{ Mode: 'enforce', ProgressTableName: progress.table },
      ...{ BreachQueueUrl: queues.breach.url, DeadLetterQueueUrl: queues.deadLetter.url },
    })

    await send(system, addCrowd(system, 'braked', { size: 2 }).event)
    await waitUntil('the event to be refused', () => deadLettered(system).size === 2)
    const fanOut = await receiveSender(producer, queues.deadLetter.url)
    expect(fanOut).toMatch(/^AROA[A-Z0-9]{17}:FanOut[0-9A-F]{8}$/)
    const roleIds = outputs.FunctionRoleIds?.split(',')
    expect(roleIds).toHaveLength(3)
    expect(roleIds).toContain(fanOut?.split(':')[0])

    const command = new SendMessageCommand({ QueueUrl: queues.deadLetter.url, MessageBody: 'forged' })
    await producer.send(command)
    expect(await receiveSender(producer, queues.deadLetter.url)).toBe('AIDAPRODUCER700000000')
  } finally {
    producer.destroy()
    await system.stop()
  }
})
