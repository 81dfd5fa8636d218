import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export type Timeline = {
  /** Ms since the epoch. */
  now(): number
  at(moment: number, action: () => void): void
  after(ms: number, action: () => void): void
  /** Runs one action after the other until none is left, the time is past `until`, or `isEnough` returns true. */
  run(until: number, isEnough: () => boolean): Promise<void>
}

/**
 * Creates virtual time in whole ms. Between two actions the code under test runs until it waits again. Actions due in the
 * same ms run in random order. (fast-check's scheduler orders promises, but has no clock.)
 */
export function createTimeline(start: number, random: Random): Timeline {
  const due: { moment: number; order: number; action: () => void }[] = []
  let time = start

  function at(moment: number, action: () => void): void {
    const entry = { moment: Math.max(time, Math.ceil(moment)), order: random.next('order'), action }
    let low = 0
    for (let high = due.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (isBefore(due[middle] ?? entry, entry)) high = middle
      else low = middle + 1
    }
    due.splice(low, 0, entry)
  }

  /** The list begins with the latest, so that the next one is cheap to take from its end. */
  const isBefore = (one: { moment: number; order: number }, other: { moment: number; order: number }) =>
    one.moment < other.moment || (one.moment === other.moment && one.order < other.order)

  function run(until: number, isEnough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      function next(): void {
        const soonest = due.at(-1)
        if (!soonest || soonest.moment > until || isEnough()) resolve()
        else take(soonest)
      }
      function take({ moment, action }: (typeof due)[number]): void {
        due.pop()
        time = moment
        try {
          action()
          setImmediate(next)
        } catch (error) {
          reject(error)
        }
      }
      setImmediate(next)
    })
  }

  return { now: () => time, at, after: (ms, action) => at(time + ms, action), run }
}

export type Random = {
  /** From 0 up to, not including, 1. Each purpose has its own sequence, so that removing one fault disturbs little else. */
  next(purpose: string): number
  /** A whole number from `min` to `max`, both included. */
  between(purpose: string, min: number, max: number): number
}

/** Creates all randomness of a run from one number. */
export function createRandom(entropy: number): Random {
  const sequences = new Map<string, () => number>()

  function next(purpose: string): number {
    let sequence = sequences.get(purpose)
    if (!sequence) {
      const generator = xoroshiro128plus(hash(purpose, entropy))
      sequence = () => uniformFloat64(generator)
      sequences.set(purpose, sequence)
    }
    return sequence()
  }

  return { next, between: (purpose, min, max) => min + Math.floor(next(purpose) * (max - min + 1)) }
}

/** FNV-1a. */
function hash(text: string, start: number): number {
  let value = start ^ 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}
