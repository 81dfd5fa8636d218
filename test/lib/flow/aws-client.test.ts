import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { AWS_CLIENT_LIMITS } from '../../../lib/flow/aws-client.ts'
import { startHttp } from '../../fakes/start-http.ts'

it('an AWS client gives up on a service that never answers, after two tries', async () => {
  const silent = await startHttp(() => {})
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const sqs = new SQSClient({ ...AWS_CLIENT_LIMITS, endpoint: silent.url, region: 'us-east-1', credentials })
  await expect(sqs.send(new ListQueuesCommand())).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(silent.requests).toHaveLength(2)
  await silent.stop()
})
