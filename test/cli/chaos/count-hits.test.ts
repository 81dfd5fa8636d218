import { expect, it } from 'vitest'
import { countHits } from '../../../cli/start/chaos/faults.ts'

const killed = { fanOut: 0, requireReset: 2 }

it('counts every kind of fault by name, and those that never hit as 0', () => {
  const hits = countHits({
    stytch: [
      { kind: 'hang', times: 3, probability: 0.4 },
      { kind: 'hang', afterEffect: true, times: 1, probability: 0.4 },
      { kind: 'hang', times: 3, probability: 0.4 },
    ],
    aws: new Map([['SQS: slow', 4]]),
    rotations: 1,
    killed,
  })
  expect(hits.get('Stytch: hang')).toBe(2)
  expect(hits.get('Stytch: hang, but reset')).toBe(1)
  expect(hits.get('Stytch: throttled')).toBe(0)
  expect(hits.get('Stytch: key rotated')).toBe(1)
  expect(hits.get('SQS: slow')).toBe(4)
  expect(hits.get('DynamoDB: answer lost')).toBe(0)
  expect([hits.get('killed: fan-out'), hits.get('killed: require-reset')]).toEqual([0, 2])
})
