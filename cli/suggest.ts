import { closestMatch } from 'leven'

const MAX_TYPOS = 2

/** The name that was meant, if one is near to what was typed: the shorter that is, the nearer. Of two, the one of its length. */
export function suggest(typed: string, names: readonly string[]): string | undefined {
  const longerBy = (name: string) => Math.abs(name.length - typed.length)
  const ordered = names.toSorted((a, b) => longerBy(a) - longerBy(b))
  return closestMatch(typed, ordered, { maxDistance: Math.min(MAX_TYPOS, Math.floor(typed.length / 2.5)) })
}
