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
import { measureSessions, type SessionsResult } from './measure-sessions.ts'
import { measurePeer, type PeerResult } from './peer.ts'

const MEMBERS = 500
const EVENTS_PER_SECOND = 5
const STREAM_SECONDS = 20
const MAX_PEER_SECONDS = 330
const MAX_MEMBERS_PER_EVENT = 10_000
const SESSIONS_PEOPLE = [1, MEMBERS, MAX_MEMBERS_PER_EVENT]

export type StackResult = {
  events: EventResult[]
  giants: GiantResult[]
  streams: StreamResult[]
  peers: PeerResult[]
  memory: MemoryResult[]
  sessions: SessionsResult[]
}

/**
 * Measures the whole system with functions as processes, one thing after the other: an event of 500 members on every stage and at
 * every latency; then, on the first stage at the first latency, small events while a giant one is being processed, a stream of
 * small events, the peers with the same 500 members, the memory of the functions, and the sessions of 1, 500 and 10,000 people. Reports each part to `say` as it begins.
 */
export async function measureStack(
  keep: Keep,
  { stageNames, latenciesMs, parts }: StackScale,
  say: (text: string) => void,
): Promise<StackResult> {
  const result: StackResult = { events: [], giants: [], streams: [], peers: [], memory: [], sessions: [] }
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
  if (parts.includes('sessions'))
    for (const people of SESSIONS_PEOPLE) {
      say(`an event of ${people} people who have sessions`)
      const options = {
        ...setup,
        stage: { ...setup.stage, endSessions: true },
        people,
        priced: people === MEMBERS,
      }
      result.sessions.push(await measureSessions(keep, options))
    }
  return result
}

/** The stage, but enforcing, with room for the largest event, and without ending sessions, which the peers don't do either. */
function toSetup(stageName: StageName, latencyMs: number) {
  const stage: Stage = {
    ...stages[stageName],
    ...{ mode: 'enforce', maxMembersPerEvent: MAX_MEMBERS_PER_EVENT, endSessions: false },
  }
  return { stageName, stage, latencyMs }
}
