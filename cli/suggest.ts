import { closestMatch } from 'leven'

const MAX_TYPOS = 2

/**
 * Says that a command or an option (with its `dashes`) is not known, and which was probably meant. It repeats `typed` only if that looks like a
 * name: it may be an e-mail address in the wrong place, and terminals are logged.
 */
export function explainUnknown(
  kind: string,
  typed: string,
  names: readonly string[],
  dashes = '',
): string | undefined {
  if (!/^[a-z-]{1,40}$/.test(typed)) return undefined
  const meant = suggest(typed, names)
  const question = meant === undefined ? '' : `: did you mean ${dashes}${meant}?`
  return `unknown ${kind} '${dashes}${typed}'${question}`
}

/** The name that was meant, if one is near to what was typed: the shorter that is, the nearer. Of two, the one of its length. */
function suggest(typed: string, names: readonly string[]): string | undefined {
  const swapped = names.find((name) => isSwapped(typed, name))
  if (swapped !== undefined) return swapped
  const longerBy = (name: string) => Math.abs(name.length - typed.length)
  const ordered = names.toSorted((a, b) => longerBy(a) - longerBy(b))
  return closestMatch(typed, ordered, { maxDistance: Math.min(MAX_TYPOS, Math.floor(typed.length / 2.5)) })
}

/** Whether two neighbors changed places, as in `sned`: one slip of the fingers, which counts as two changes. */
function isSwapped(typed: string, name: string): boolean {
  const at = [...typed].findIndex((letter, index) => letter !== name[index])
  return `${typed.slice(0, at)}${typed[at + 1]}${typed[at]}${typed.slice(at + 2)}` === name
}
