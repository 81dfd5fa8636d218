import { describe, expect, it, vi } from 'vitest'
import { OPERATOR } from '../../infra/local/access.ts'
import type { AwsCall } from '../../infra/local/aws-endpoint.ts'
import { createFaultInjector, type Kill } from './faults.ts'

const call = (
  service: AwsCall['service'],
  action: string,
  body: unknown = {},
  caller = 'RequireReset1A',
): AwsCall => ({ service, action, body, caller })
const send = (entries: number) =>
  call('sqs', 'SendMessageBatch', { Entries: Array.from({ length: entries }, () => ({})) })

function open({
  random = (): number => 0,
  kill = (): number => 1,
  callsEachTime = 20,
}: {
  random?: () => number
  kill?: () => number
  callsEachTime?: number
} = {}) {
  const waits: number[] = []
  let calls = 0
  const faults = createFaultInjector({
    ...{ random, kill, sleep: async (ms) => void waits.push(ms) },
    calls: () => {
      calls += callsEachTime
      return calls
    },
  })
  return { ...faults, waits }
}

describe('a fault of AWS', () => {
  it('hits the requests of its service so many times, and is counted', async () => {
    const { armAws, intercept, hits } = open()
    armAws('DynamoDB: request dropped', 2)
    expect(await intercept(send(1))).toBe('pass')
    const read = call('dynamodb', 'BatchGetItem')
    expect([await intercept(read), await intercept(read), await intercept(read)]).toEqual([
      ...['drop', 'drop', 'pass'],
    ])
    expect(hits()).toEqual(new Map([['DynamoDB: request dropped', 2]]))
  })

  it('takes part of a batch only when it has more than one entry', async () => {
    const { armAws, intercept } = open()
    armAws('SQS: part of a batch', 1)
    expect(await intercept(send(1))).toBe('pass')
    expect(await intercept(send(2))).toEqual({ partial: 1 })
    armAws('DynamoDB: part of a batch', 1)
    const write = (rows: number) => call('dynamodb', 'BatchWriteItem', { RequestItems: { t: Array(rows) } })
    expect(await intercept(write(1))).toBe('pass')
    expect(await intercept(write(25))).toEqual({ partial: 1 })
  })

  it('loses the answers of writes only, and before any other fault', async () => {
    const { armAws, intercept } = open()
    armAws('DynamoDB: throttled', 2)
    armAws('DynamoDB: answer lost', 1)
    expect(await intercept(call('dynamodb', 'BatchGetItem'))).toMatchObject({ status: 400 })
    expect(await intercept(call('dynamodb', 'BatchWriteItem'))).toBe('drop_response')
  })

  it('serves late after a wait, longer than the caller has', async () => {
    const { armAws, intercept, waits } = open()
    armAws('Secrets Manager: served after the caller gave up', 1)
    expect(await intercept(call('secretsmanager', 'GetSecretValue'))).toBe('pass')
    expect(waits[0]).toBeGreaterThan(2000)
  })

  it('spares half of the requests, all of the operator, and all of them once it is disarmed', async () => {
    const spared = open({ random: () => 0.5 })
    const hit = open({ random: () => 0.49 })
    for (const { armAws } of [spared, hit]) armAws('SQS: request dropped', 2)
    expect(await hit.intercept({ ...send(1), caller: OPERATOR })).toBe('pass')
    expect([await spared.intercept(send(1)), await hit.intercept(send(1))]).toEqual(['pass', 'drop'])
    hit.disarm()
    expect(await hit.intercept(send(1))).toBe('pass')
    expect([spared.hits().size, hit.hits().size]).toEqual([0, 1])
  })
})

describe('a kill', () => {
  const atRequest: Kill = { victim: 'fanOut', moment: 'at a request' }
  const atWork: Kill = { victim: 'requireReset', moment: 'while it works' }
  const ofFanOut = call('sqs', 'ReceiveMessage', {}, 'FanOut2B')

  it('ends a function while it works, and waits until it does', () => {
    const kill = vi.fn().mockReturnValueOnce(0).mockReturnValueOnce(2)
    const { armKill, look, hits } = open({ kill })
    armKill(atWork)
    for (let times = 0; times < 5; times++) look()
    expect(kill.mock.calls).toEqual([['requireReset'], ['requireReset']])
    expect([...hits()]).toEqual([['killed: require-reset', 2]])
  })

  it('ends the victim at one request of its own', async () => {
    const { armKill, look, intercept, hits } = open()
    armKill(atRequest)
    look()
    expect([await intercept(send(1)), await intercept(ofFanOut), await intercept(ofFanOut)]).toEqual([
      ...['pass', 'drop', 'pass'],
    ])
    expect([...hits()]).toEqual([['killed: fan-out', 1]])
  })

  it('drops the answer of the victim, which ends it', async () => {
    const kill = vi.fn(() => 1)
    const { armKill, beforeResponse, hits } = open({ kill })
    armKill({ victim: 'requireReset', moment: 'before its answer is taken' })
    expect([await beforeResponse('FanOut2B'), await beforeResponse('RequireReset1A')]).toEqual([
      ...['pass', 'drop'],
    ])
    expect([...hits()]).toEqual([['killed: require-reset', 1]])
    expect(kill).not.toHaveBeenCalled()
  })

  it.each([
    ['most opportunities', { random: () => 0.9 }],
    ['a system that has made few calls since the last kill', { callsEachTime: 14 }],
  ])('spares %s', async (_, options) => {
    const { armKill, intercept, hits } = open(options)
    armKill(atRequest)
    expect(await intercept(ofFanOut)).toBe('pass')
    expect(hits().size).toBe(0)
  })

  it('waits for calls of the victim, which end-sessions makes to other endpoints', async () => {
    const calls = { fanOut: 99, requireReset: 99, endSessions: 14 }
    const faults = createFaultInjector({
      ...{ random: () => 0, kill: () => 1, sleep: async () => {} },
      calls: (victim) => calls[victim],
    })
    faults.armKill({ victim: 'endSessions', moment: 'at a request' })
    const ofEndSessions = call('sqs', 'SendMessageBatch', {}, 'EndSessions3C')
    expect(await faults.intercept(ofEndSessions)).toBe('pass')
    calls.endSessions = 15
    expect([await faults.intercept(ofEndSessions), ...faults.hits()]).toEqual([
      ...['drop', ['killed: end-sessions', 1]],
    ])
  })

  it('does not happen once it is disarmed', () => {
    const { armKill, disarm, look, hits } = open()
    armKill(atWork)
    disarm()
    look()
    expect(hits().size).toBe(0)
  })
})
