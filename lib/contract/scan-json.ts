/**
 * Reads a JSON text once, before it is parsed: whether it is nested deeper than `maxDepth` levels, and the first key that an object
 * has twice: JSON.parse would keep the last value only. What it says of a text that is not JSON means nothing.
 */
export function scanJson(text: string, maxDepth: number): { isTooDeep: boolean; repeatedKey?: string } {
  const levels: Level[] = [{ object: 0, keys: new Map() }]
  let depth = 0
  let objects = 0
  let isKeyNext = false
  let repeatedKey: string | undefined
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"') {
      const end = endOfString(text, at)
      if (isKeyNext && isRepeated(levels[depth], text.slice(at, end + 1)))
        repeatedKey ??= nameOf(text.slice(at, end + 1))
      isKeyNext = false
      at = end
    } else if (char === '{' || char === '[') {
      if (++depth > maxDepth) return { isTooDeep: true }
      isKeyNext = char === '{'
      const keys = levels[depth]?.keys ?? new Map()
      levels[depth] = { object: isKeyNext ? ++objects : 0, keys }
    } else if (char === '}' || char === ']') depth = Math.max(0, depth - 1)
    else if (char === ',') isKeyNext = levels[depth]?.object !== 0
  }
  return { isTooDeep: false, ...(repeatedKey !== undefined && { repeatedKey }) }
}

/** `object`: the number of the object that is open on this level, 0 for a list. `keys`: by the number of the object that had each last. */
type Level = { object: number; keys: Map<string, number> }

function isRepeated(level: Level | undefined, literal: string): boolean {
  if (!level) return false
  const key = nameOf(literal)
  if (level.keys.get(key) === level.object) return true
  level.keys.set(key, level.object)
  return false
}

/** The place of the closing quote of the string that opens at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

function nameOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    return JSON.parse(literal)
  } catch {
    return literal
  }
}
