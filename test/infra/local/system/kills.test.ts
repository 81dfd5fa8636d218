import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deriveSettings } from '../../../../infra/derive-settings.ts'
import type { AwsCall } from '../../../../infra/local/aws-endpoint.ts'
import type { LocalQueue } from '../../../../infra/local/boot.ts'
import { type LocalSystem, startLocalSystem } from '../../../../infra/local/local-system.ts'
import { stages } from '../../../fixtures/stages.ts'
import { addCrowd, countOn, countResets, deadLettered, isDrained, send, signedIn } from './crowd.ts'
import { waitUntil } from './wait-until.ts'

/** `npm run nightly` sets NIGHTLY. */
const ROUNDS = process.env.NIGHTLY ? 20 : 1
const stage = { ...stages.local, stytchRequestsPerSecond: 200 }
const { maxUnrecorded } = deriveSettings(stage)

/** The functions by their construct ids, and the queues they read. */
const VICTIMS = {
  FanOut: { name: 'fanOut', reads: 'breach' },
  RequireReset: { name: 'requireReset', reads: 'reset' },
  EndSessions: { name: 'endSessions', reads: 'sessions' },
} as const

type Point = {
  size: number
  failing: number
  victim: keyof typeof VICTIMS
  /** Members called again, for each process killed. */
  maxRepeats: number
  /** The people are in one message of the reset queue, not in an event that fan-out splits. */
  isOneMessage?: boolean
  /** The request during which the process is killed, so that it has no effect. Left out: the invocation's response. */
  hits?: (call: AwsCall, batchesSeen: number, queues: LocalSystem['queues']) => boolean
}

const isSentTo = ({ action, body }: AwsCall, queue: LocalQueue | undefined) =>
  action === 'SendMessageBatch' && (body as { QueueUrl: string }).QueueUrl === queue?.url

const oneMessage = {
  size: 25,
  failing: 3,
  victim: 'RequireReset',
  maxRepeats: 0,
  isOneMessage: true,
} as const

const POINTS: Record<string, Point> = {
  'after an answer, before the ledger': {
    ...{ size: 150, failing: 3, victim: 'RequireReset', maxRepeats: maxUnrecorded },
    hits: ({ action }) => action === 'BatchWriteItem',
  },
  'after the ledger, before the dead-letter queue': {
    ...oneMessage,
    hits: (call, _, { deadLetter }) => isSentTo(call, deadLetter),
  },
  'after the dead-letter queue, before the sessions queue': {
    ...oneMessage,
    hits: (call, _, { sessions }) => isSentTo(call, sessions),
  },
  'after the sessions queue, before the acknowledgement': oneMessage,
  'in the split': {
    ...{ size: 40, failing: 0, victim: 'FanOut', maxRepeats: 0 },
    hits: ({ action }, seen) => action === 'SendMessageBatch' && seen === 2,
  },
  'after log-outs, before the ledger': {
    ...{ size: 60, failing: 3, victim: 'EndSessions', maxRepeats: 0 },
    hits: ({ action }) => action === 'BatchWriteItem',
  },
  'after log-outs and the ledger, before the acknowledgement': { ...oneMessage, victim: 'EndSessions' },
}

let system: LocalSystem
let armed: { point: Point; seen: number; hit: boolean; failedBatches: number; killed: number } | undefined

beforeAll(async () => {
  system = await startLocalSystem({
    stageName: 'local',
    stage,
    intercept: async (call) => {
      if (!armed || armed.hit) return 'pass'
      const { victim, hits } = armed.point
      if (!call.caller.startsWith(victim)) return 'pass'
      if (call.action === 'SendMessageBatch') armed.seen++
      if (!hits?.(call, armed.seen, system.queues)) return 'pass'
      armed.hit = true
      armed.killed = system.functions[VICTIMS[victim].name]?.kill() ?? 0
      return 'drop'
    },
    beforeResponse: async (name) => {
      if (!armed || armed.hit || armed.point.hits || !name.startsWith(armed.point.victim)) return 'pass'
      armed.hit = true
      armed.killed = 1
      return 'drop'
    },
    onBatch: ({ result }) => {
      if (armed && result.kind === 'failed') armed.failedBatches++
    },
  })
})
afterAll(() => system?.stop())

async function killOnce(name: string, point: Point) {
  const { emails, event } = addCrowd(system, name, point)
  const round = { point, seen: 0, hit: false, failedBatches: 0, killed: 0 }
  armed = round
  if (point.isOneMessage) await send(system, { ...event, fence: event.time, attempts: 0 }, 'reset')
  else await send(system, event)
  await waitUntil(`the kill in ${name}`, () => round.hit && round.failedBatches >= round.killed)
  const { reads } = VICTIMS[point.victim]
  const abandoned = system.queues[reads]?.url ?? ''
  await waitUntil(
    'everything else to be handled',
    () => countOn(system, ['breach', 'reset', reads]) === system.inspector.depth(abandoned).inFlight,
  )
  for (const [email, resets] of countResets(system, emails)) if (resets > 0) system.stytch.setPassword(email)
  system.inspector.letTimePass(abandoned)
  await waitUntil(`${name} to be drained`, () => isDrained(system))

  const resets = countResets(system, emails)
  const refused = deadLettered(system)
  return {
    missing: emails.filter((email) => !resets.get(email) && !refused.has(email)),
    killed: round.killed,
    signedIn: signedIn(
      system,
      emails.filter((email) => resets.get(email)),
    ),
    repeats: [...resets.values()].reduce((sum, count) => sum + Math.max(0, count - 1), 0),
  }
}

describe('a process killed', () => {
  it.each(Object.entries(POINTS))(
    `%s, rounds: ${ROUNDS}: nobody is missing or still signed in, and a kill repeats only what was not recorded`,
    async (name, point) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { missing, signedIn, repeats, killed } = await killOnce(
          `${name.replaceAll(/\W+/g, '-')}-${round}`,
          point,
        )
        expect(missing).toEqual([])
        expect(signedIn).toEqual([])
        expect(repeats).toBeLessThanOrEqual(point.maxRepeats * killed)
      }
    },
    60_000 + ROUNDS * 24_000,
  )
})
