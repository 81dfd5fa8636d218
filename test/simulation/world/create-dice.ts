import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

export type Dice = {
  /** 0 to 1, 1 excluded. Every purpose has a sequence of its own, so that taking a fault away disturbs little else. */
  roll(purpose: string): number
  /** A whole number from `least` to `most`. */
  between(purpose: string, least: number, most: number): number
}

/** All randomness of a run, from one number. */
export function createDice(entropy: number): Dice {
  const sequences = new Map<string, () => number>()

  function roll(purpose: string): number {
    let next = sequences.get(purpose)
    if (!next) {
      const generator = xoroshiro128plus(hash(purpose, entropy))
      next = () => uniformFloat64(generator)
      sequences.set(purpose, next)
    }
    return next()
  }

  return {
    roll,
    between: (purpose, least, most) => least + Math.floor(roll(purpose) * (most - least + 1)),
  }
}

/** FNV-1a. */
function hash(text: string, start: number): number {
  let value = start ^ 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value
}
