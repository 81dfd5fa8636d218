import { AWS_FAULTS } from './aws-faults.ts'
import { createDeck } from './create-deck.ts'
import { type Kill, MOMENTS, VICTIMS } from './create-killer.ts'
import { createRandom } from './create-random.ts'
import { STYTCH_FAULTS } from './stytch-faults.ts'

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
const SLOWEST_FAULT_MS = 1000
/** How often every fault is dealt at least, and how many requests it hits each time at most. */
const ROUNDS = 2
const MOST_STYTCH_HITS = 3
const MOST_AWS_HITS = 2
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

  function dealFaults(
    kind: 'stytch' | 'aws',
    names: string[],
    mostTimes: number,
    chance: () => number,
  ): void {
    const draw = createDeck(names, chance)
    const everyMs = Math.min(SLOWEST_FAULT_MS, endMs / (ROUNDS * names.length))
    repeat(everyMs, chance, () => ({ kind, fault: draw(), times: 1 + Math.floor(chance() * mostTimes) }))
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
  dealFaults('stytch', Object.keys(STYTCH_FAULTS), MOST_STYTCH_HITS, random(1))
  dealFaults('aws', Object.keys(AWS_FAULTS), MOST_AWS_HITS, random(2))
  repeat(ROTATE_EVERY_MS, random(3), () => ({ kind: 'rotate key' }))
  const shares = random(4)
  repeat(CHOOSE_EVERY_MS, shares, () => ({ kind: 'choose passwords', share: shares() / 2 }))
  return steps.toSorted((a, b) => a.atMs - b.atMs)
}
