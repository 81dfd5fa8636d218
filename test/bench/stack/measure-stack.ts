import type { Stage } from '../../../infra/stage.ts'
import { type StageName, stages } from '../../fixtures/stages.ts'
import type { Keep } from '../bench.ts'
import type { StackScale } from '../options.ts'
import {
  type EventResult,
  type GiantResult,
  measureEvent,
  measureGiant,
  measureStream,
  type StreamResult,
} from './measure-events.ts'
import { type MemoryResult, measureMemory } from './measure-memory.ts'
import { measurePeer, type PeerResult } from './peer.ts'

const MEMBERS = 500
const EVENTS_PER_SECOND = 5
const STREAM_SECONDS = 20
const MAX_PEER_SECONDS = 330
const MAX_MEMBERS_PER_EVENT = 10_000

export type StackResult = {
  events: EventResult[]
  giants: GiantResult[]
  streams: StreamResult[]
  peers: PeerResult[]
  memory: MemoryResult[]
}

/**
 * Measures the whole system with functions as processes, one thing after the other: an event of 500 members on every stage and at
 * every latency; then, on the first stage at the first latency, small events while a giant one is being processed, a stream of
 * small events, the peers with the same 500 members, and the memory of the functions. Reports each part to `say` as it begins.
 */
export async function measureStack(
  keep: Keep,
  { stageNames, latenciesMs, parts }: StackScale,
  say: (text: string) => void,
): Promise<StackResult> {
  const result: StackResult = { events: [], giants: [], streams: [], peers: [], memory: [] }
  if (parts.includes('event'))
    for (const stageName of stageNames) {
      for (const latencyMs of latenciesMs) {
        say(`an event of ${MEMBERS} members, stage ${stageName}, ${latencyMs} ms`)
        result.events.push(await measureEvent(keep, { ...toSetup(stageName, latencyMs), members: MEMBERS }))
      }
    }
  const setup = toSetup(stageNames[0] ?? 'prod', latenciesMs[0] ?? 0)
  if (parts.includes('giant')) {
    say('small events during a giant one')
    result.giants.push(await measureGiant(keep, setup))
  }
  if (parts.includes('stream')) {
    say('a stream of small events')
    const stream = { eventsPerSecond: EVENTS_PER_SECOND, seconds: STREAM_SECONDS }
    result.streams.push(await measureStream(keep, { ...setup, ...stream }))
  }
  if (parts.includes('peers'))
    for (const peer of ['peer-a', 'peer-b'] as const) {
      say(`${peer} with the same ${MEMBERS} members`)
      const options = { ...setup, peer, members: MEMBERS, maxSeconds: MAX_PEER_SECONDS }
      result.peers.push(await measurePeer(keep, options))
    }
  if (parts.includes('memory')) {
    say('the memory of the functions')
    result.memory.push(await measureMemory(keep, setup))
  }
  return result
}

/** The stage, but enforcing and with room for the largest event. */
function toSetup(stageName: StageName, latencyMs: number) {
  const stage: Stage = { ...stages[stageName], mode: 'enforce', maxMembersPerEvent: MAX_MEMBERS_PER_EVENT }
  return { stageName, stage, latencyMs }
}
