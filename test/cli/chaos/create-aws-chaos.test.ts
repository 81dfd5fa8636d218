import { describe, expect, it } from 'vitest'
import { createAwsChaos } from '../../../cli/start/chaos/faults.ts'
import type { AwsCall } from '../../../infra/local/aws-endpoint.ts'

const call = (service: AwsCall['service'], action: string, body: unknown = {}): AwsCall => ({
  ...{ service, action, body, caller: 'RequireReset' },
})
const send = (entries: number) =>
  call('sqs', 'SendMessageBatch', { Entries: Array.from({ length: entries }, () => ({})) })

function open(random = () => 0) {
  const waits: number[] = []
  const chaos = createAwsChaos({ sleep: async (ms) => void waits.push(ms), random })
  return { ...chaos, waits }
}

describe('createAwsChaos', () => {
  it('hits the requests of its service so many times, and counts', async () => {
    const { arm, decide, hits } = open()
    arm('DynamoDB: request dropped', 2)
    expect(await decide(send(1))).toBe('pass')
    const read = call('dynamodb', 'BatchGetItem')
    expect([await decide(read), await decide(read), await decide(read)]).toEqual(['drop', 'drop', 'pass'])
    expect(hits()).toEqual(new Map([['DynamoDB: request dropped', 2]]))
  })

  it('takes part only of a batch that has a rest', async () => {
    const { arm, decide } = open()
    arm('SQS: part of a batch', 1)
    expect(await decide(send(1))).toBe('pass')
    expect(await decide(send(2))).toEqual({ partial: 1 })
    arm('DynamoDB: part of a batch', 1)
    const write = (rows: number) => call('dynamodb', 'BatchWriteItem', { RequestItems: { t: Array(rows) } })
    expect(await decide(write(1))).toBe('pass')
    expect(await decide(write(25))).toEqual({ partial: 1 })
  })

  it('loses the answers of writes only, and before any other fault', async () => {
    const { arm, decide } = open()
    arm('DynamoDB: throttled', 2)
    arm('DynamoDB: answer lost', 1)
    expect(await decide(call('dynamodb', 'BatchGetItem'))).toMatchObject({ status: 400 })
    expect(await decide(call('dynamodb', 'BatchWriteItem'))).toBe('drop_response')
  })

  it('serves late after a wait, longer than the caller has', async () => {
    const { arm, decide, waits } = open()
    arm('Secrets Manager: served after the caller gave up', 1)
    expect(await decide(call('secretsmanager', 'GetSecretValue'))).toBe('pass')
    expect(waits[0]).toBeGreaterThan(2000)
  })

  it('spares half of the requests, and all of them once it is disarmed', async () => {
    const spared = open(() => 0.5)
    const hit = open(() => 0.49)
    for (const { arm } of [spared, hit]) arm('SQS: request dropped', 2)
    expect([await spared.decide(send(1)), await hit.decide(send(1))]).toEqual(['pass', 'drop'])
    hit.disarm()
    expect(await hit.decide(send(1))).toBe('pass')
    expect([spared.hits().size, hit.hits().size]).toEqual([0, 1])
  })

  it('refuses a fault that there is not', () => {
    expect(() => open().arm('SQS: asleep', 1)).toThrow('there is no fault SQS: asleep')
  })
})
