import type { StageName } from '../../fixtures/stages.ts'
import type { Keep } from '../bench.ts'
import {
  type EventResult,
  type GiantResult,
  measureEvent,
  measureGiant,
  measureStream,
  type StreamResult,
} from './measure-events.ts'
import { measurePeer, type PeerResult } from './peer.ts'

const MEMBERS = 500
const EVENTS_PER_SECOND = 5
const STREAM_SECONDS = 20
const MAX_PEER_SECONDS = 330

export const PARTS = ['event', 'giant', 'stream', 'peers'] as const

export type StackScale = {
  stageNames: readonly StageName[]
  latenciesMs: readonly number[]
  parts: readonly (typeof PARTS)[number][]
}

export type StackResult = {
  events: EventResult[]
  giants: GiantResult[]
  streams: StreamResult[]
  peers: PeerResult[]
}

/**
 * Measures the whole system with functions as processes, one thing after the other: an event of 500 members on every stage and at
 * every latency; then, on the first stage at the first latency, small events beside a giant one, a stream of small events,
 * and the peers with the same 500 members. `say` is told what begins.
 */
export async function measureStack(
  keep: Keep,
  options: StackScale,
  say: (text: string) => void,
): Promise<StackResult> {
  const { stageNames, latenciesMs, parts } = options
  const [stageName = 'prod'] = stageNames
  const [latencyMs = 0] = latenciesMs
  const result: StackResult = { events: [], giants: [], streams: [], peers: [] }
  if (parts.includes('event'))
    for (const stageName of stageNames) {
      for (const latencyMs of latenciesMs) {
        say(`an event of ${MEMBERS} members, stage ${stageName}, ${latencyMs} ms`)
        result.events.push(await measureEvent(keep, { stageName, latencyMs, members: MEMBERS }))
      }
    }
  if (parts.includes('giant')) {
    say('small events beside a giant one')
    result.giants.push(await measureGiant(keep, { stageName, latencyMs }))
  }
  if (parts.includes('stream')) {
    say('a stream of small events')
    const stream = { eventsPerSecond: EVENTS_PER_SECOND, seconds: STREAM_SECONDS }
    result.streams.push(await measureStream(keep, { stageName, latencyMs, ...stream }))
  }
  if (parts.includes('peers'))
    for (const peer of ['peer-a', 'peer-b'] as const) {
      say(`${peer} with the same ${MEMBERS} members`)
      const given = { peer, stageName, latencyMs, members: MEMBERS, maxSeconds: MAX_PEER_SECONDS }
      result.peers.push(await measurePeer(keep, given))
    }
  return result
}
