import { closestMatch } from 'leven'

const MAX_TYPOS = 2

/** The name that was meant, if one is near to what was typed: the shorter that is, the nearer. */
export function suggest(typed: string, names: readonly string[]): string | undefined {
  return closestMatch(typed, names, { maxDistance: Math.min(MAX_TYPOS, Math.floor(typed.length / 2.5)) })
}
