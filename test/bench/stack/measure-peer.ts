import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { countTwice } from '../../../cli/start/deliveries.ts'
import type { StageName } from '../../fixtures/stages.ts'
import { benchStage } from './bench-stage.ts'
import type { Keep } from './keep.ts'
import { makeEvent } from './make-event.ts'
import type { Usage } from './meter/create-meter.ts'
import { type CallReport, judgeCalls } from './meter/judge-calls.ts'
import { type Dollars, toDollars } from './meter/to-dollars.ts'
import type { PeerName } from './peers/peers.ts'
import { startPeer } from './peers/start-peer.ts'
import { poll } from './poll.ts'

const JITTER = 0.4

export type PeerResult = CallReport & {
  peer: PeerName
  budget: number
  latencyMs: number
  members: number
  /** Until the message was deleted or on the dead-letter queue; undefined: neither within the time it was given. */
  seconds: number | undefined
  /** That ÷ (members ÷ budget). */
  ofIdeal: number | undefined
  /** Members whose old password was alive at the end. */
  notReset: number
  /** Members called again after their reset. */
  calledAgain: number
  callsPerMember: number
  usage: Usage
  dollarsPerMillion: Dollars
}

/** Gives a peer one message with all members of an event, under the budget of a stage, for at most `maxSeconds`. */
export async function measurePeer(
  keep: Keep,
  options: { peer: PeerName; stageName: StageName; latencyMs: number; members: number; maxSeconds: number },
): Promise<PeerResult> {
  const { peer, stageName, latencyMs, members, maxSeconds } = options
  const { stytchRequestsPerSecond: budget, maximumConcurrency, memoryMb } = benchStage(stageName)
  const running = await keep(startPeer(peer, { budget, maximumConcurrency, memoryMb }))
  const { stytch, inspector, sqs, queue, deadLetter, meter } = running
  if (latencyMs > 0)
    stytch.fault({ kind: 'latency', minMs: latencyMs * (1 - JITTER), maxMs: latencyMs * (1 + JITTER) })
  const { emails, body } = makeEvent(stytch, 'breach', members, Date.now())

  const sentAt = Date.now()
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body }))
  const endedAt = await poll(() => {
    const { sent, deleted } = meter.messages()
    return deleted === sent || inspector.depth(deadLetter.url).visible > 0 ? Date.now() : undefined
  }, maxSeconds * 1000)
  const calls = stytch.calls()
  const usage = meter.read()
  await running.stop()

  const seconds = endedAt === undefined ? undefined : (endedAt - sentAt) / 1000
  return {
    ...{ peer, budget, latencyMs, members, seconds },
    ofIdeal: seconds && seconds / (members / budget),
    notReset: [...emails].filter((email) => stytch.password(email).state === 'usable').length,
    calledAgain: countTwice(calls),
    callsPerMember: calls.length / members,
    ...judgeCalls(calls, budget),
    ...{ usage, dollarsPerMillion: toDollars(usage, members, memoryMb) },
  }
}
