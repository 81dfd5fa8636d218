import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import { countQueued } from '../deliveries.ts'
import { AWS_FAULTS, type Kill, MOMENTS, STYTCH_FAULTS, VICTIMS } from './faults.ts'

/** One thing to do, so many ms after the beginning. `share`: of those who may choose a new password, 0 to 1. */
export type Step = { atMs: number } & (
  | { kind: 'deliver'; event: number }
  | ({ kind: 'kill' } & Kill)
  | { kind: 'stytch'; fault: string; times: number }
  | { kind: 'aws'; fault: string; times: number }
  | { kind: 'rotate key' }
  | { kind: 'choose passwords'; share: number }
)

/** A fan-out that dies hides up to five whole events for the visibility timeout. */
const KILL_EVERY_MS = { fanOut: 7000, requireReset: 3000 }
const CHOOSE_EVERY_MS = 400
const ROTATE_EVERY_MS = 12_000
const MAX_FAULT_LATENCY_MS = 1000
/** How often every fault is dealt at least, and how many requests it hits each time at most. */
const ROUNDS = 2
const MAX_STYTCH_HITS = 3
const MAX_AWS_HITS = 2
const DUPLICATE_SHARE = 0.5
const LATEST_DUPLICATE_MS = 5000

/** Plans what happens in these seconds to so many events; the same for the same seed. In the order of time. */
export function planChaos(options: { seed: number; seconds: number; events: number }): Step[] {
  const endMs = options.seconds * 1000
  const random = (stream: number) => createRandom(options.seed * 8 + stream)
  const steps: Step[] = []

  function repeat(everyMs: number, chance: () => number, step: () => Omit<Step, 'atMs'>): void {
    const next = () => everyMs * (0.5 + chance())
    for (let atMs = next(); atMs < endMs; atMs += next()) steps.push({ atMs, ...step() } as Step)
  }

  function dealFaults(kind: 'stytch' | 'aws', names: string[], maxTimes: number, chance: () => number): void {
    const draw = createDeck(names, chance)
    const everyMs = Math.min(MAX_FAULT_LATENCY_MS, endMs / (ROUNDS * names.length))
    repeat(everyMs, chance, () => ({ kind, fault: draw(), times: 1 + Math.floor(chance() * maxTimes) }))
  }

  const deliveries = random(0)
  for (let event = 0; event < options.events; event++) {
    const atMs = (event / options.events) * endMs * 0.9
    steps.push({ kind: 'deliver', atMs, event })
    if (deliveries() >= DUPLICATE_SHARE) continue
    const later = deliveries() < 0.5 ? 0 : deliveries() * LATEST_DUPLICATE_MS
    steps.push({ kind: 'deliver', atMs: Math.min(endMs, atMs + later), event })
  }
  for (const [index, victim] of VICTIMS.entries()) {
    const kills = random(5 + index)
    const moment = createDeck(MOMENTS, kills)
    repeat(KILL_EVERY_MS[victim], kills, () => ({ kind: 'kill', victim, moment: moment() }))
  }
  dealFaults('stytch', Object.keys(STYTCH_FAULTS), MAX_STYTCH_HITS, random(1))
  dealFaults('aws', Object.keys(AWS_FAULTS), MAX_AWS_HITS, random(2))
  repeat(ROTATE_EVERY_MS, random(3), () => ({ kind: 'rotate key' }))
  const shares = random(4)
  repeat(CHOOSE_EVERY_MS, shares, () => ({ kind: 'choose passwords', share: shares() / 2 }))
  return steps.toSorted((a, b) => a.atMs - b.atMs)
}

/** Returns a function that draws from shuffled cards, and shuffles anew when all are drawn: none comes a third time before each came once. */
function createDeck<Card>(cards: readonly Card[], random: () => number): () => Card {
  let left: Card[] = []
  return () => {
    if (left.length === 0) left = [...cards]
    const [card] = left.splice(Math.floor(random() * left.length), 1)
    if (card === undefined) throw new Error('a deck needs cards')
    return card
  }
}

/** Returns a generator of numbers from 0 to 1 (1 excluded), the same ones for the same whole number `seed` (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const LOOK_EVERY_MS = 10

/** Does each step when its time has come, and looks in between; resolves after `seconds`. */
export async function playSteps(
  steps: readonly Step[],
  seconds: number,
  { perform, look }: { perform: (step: Step) => void; look: () => void },
): Promise<void> {
  const startedAt = performance.now()
  const left = [...steps]
  for (let atMs = 0; atMs < seconds * 1000; atMs = performance.now() - startedAt) {
    while (left[0] && left[0].atMs <= atMs) perform(left.shift() as Step)
    look()
    await sleep(LOOK_EVERY_MS)
  }
  for (const step of left) perform(step)
}

const WAIT_FOR_HITS_LOOK_EVERY_MS = 50
const MAX_MS = 60_000

/** Waits, looking, until no kind of fault is left that has not hit, or nothing is queued any more, or a minute has passed. */
export async function waitForHits(
  isWaiting: () => boolean,
  { look, queued }: { look: () => void; queued: () => number },
): Promise<void> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < MAX_MS && queued() > 0 && isWaiting()) {
    look()
    await sleep(WAIT_FOR_HITS_LOOK_EVERY_MS)
  }
}

const DRAIN_LOOK_EVERY_MS = 100
/** Several times what any message can be hidden for. */
const MAX_DRAIN_MS = 300_000

/**
 * Waits until both work queues are empty, or five minutes. Visibility timeouts really pass. Retry delays, which grow to a
 * quarter of an hour, are cut short once nothing else is waited for; `onCut` is told of how many messages.
 * Resolves to how many these were in all.
 */
export async function drain(
  system: Pick<LocalSystem, 'inspector' | 'queues'>,
  { look, onCut }: { look: () => void; onCut: (messages: number) => void },
): Promise<number> {
  const { inspector, queues } = system
  const startedAt = performance.now()
  let cut = 0
  while (countQueued(system) > 0 && performance.now() - startedAt < MAX_DRAIN_MS) {
    look()
    const { delayed } = inspector.depth(queues.reset.url)
    if (delayed > 0 && delayed === countQueued(system)) {
      inspector.letTimePass(queues.reset.url)
      cut += delayed
      onCut(delayed)
    }
    await sleep(DRAIN_LOOK_EVERY_MS)
  }
  look()
  return cut
}
