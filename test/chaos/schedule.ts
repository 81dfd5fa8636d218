import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { AWS_FAULTS, type Kill, MOMENTS, STYTCH_FAULTS, VICTIMS } from './faults.ts'

/** One thing to do, `atMs` after the beginning. `share`: of the people who may choose a new password, 0 to 1. */
export type Step = { atMs: number } & (
  | { kind: 'deliver'; event: number }
  | ({ kind: 'kill' } & Kill)
  | { kind: 'stytch'; fault: string; times: number }
  | { kind: 'aws'; fault: string; times: number }
  | { kind: 'rotate key' }
  | { kind: 'choose passwords'; share: number }
)

/** A fan-out that dies hides up to five whole events for the visibility timeout. */
const KILL_EVERY_MS = { fanOut: 7000, requireReset: 3000, endSessions: 5000 }
const ROTATE_EVERY_MS = 12_000
const CHOOSE_EVERY_MS = 400
/** How often every fault is armed at least, and how many requests it hits each time at most. */
const MIN_ROUNDS = 2
const MAX_HITS = { stytch: 3, aws: 2 }
const DUPLICATE_SHARE = 0.5
const MAX_DUPLICATE_DELAY_MS = 5000

/** Plans what happens to `events` events in `seconds` seconds, in order of time; the same for the same seed. */
export function planChaos(options: { seed: number; seconds: number; events: number }): Step[] {
  const endMs = options.seconds * 1000
  const random = createRandom(options.seed)
  const steps: Step[] = []

  function spread(most: number, toStep: (index: number) => Omit<Step, 'atMs'>): void {
    const count = Math.ceil(most)
    for (let index = 0; index < count; index++)
      steps.push({ atMs: ((index + random()) / count) * endMs, ...toStep(index) } as Step)
  }

  function dealFaults(kind: 'stytch' | 'aws', names: string[]): void {
    const rounds = Math.max(MIN_ROUNDS, Math.ceil(options.seconds / names.length))
    const dealt = Array.from({ length: rounds }, () => shuffle(names, random)).flat()
    spread(dealt.length, (index) => {
      const times = 1 + Math.floor(random() * MAX_HITS[kind])
      return { kind, fault: dealt[index], times }
    })
  }

  for (let event = 0; event < options.events; event++) {
    const atMs = (event / options.events) * endMs * 0.9
    steps.push({ kind: 'deliver', atMs, event })
    if (random() >= DUPLICATE_SHARE) continue
    const delayMs = random() < 0.5 ? 0 : random() * MAX_DUPLICATE_DELAY_MS
    steps.push({ kind: 'deliver', atMs: Math.min(endMs, atMs + delayMs), event })
  }
  dealFaults('stytch', Object.keys(STYTCH_FAULTS))
  dealFaults('aws', Object.keys(AWS_FAULTS))
  for (const victim of VICTIMS)
    spread(endMs / KILL_EVERY_MS[victim], (index) => ({ kind: 'kill', victim, moment: MOMENTS[index % 3] }))
  spread(endMs / ROTATE_EVERY_MS, () => ({ kind: 'rotate key' }))
  spread(endMs / CHOOSE_EVERY_MS, () => ({ kind: 'choose passwords', share: random() / 2 }))
  return steps.toSorted((a, b) => a.atMs - b.atMs)
}

/** Returns a generator of numbers from 0 to 1, 1 excluded, the same ones for the same seed. */
export function createRandom(seed: number): () => number {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }))
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item)
}
