/**
 * Reads a text that is JSON: whether it is nested deeper than `maxDepth` levels, and the first key that an object has twice:
 * JSON.parse keeps the last value only.
 */
export function scanJson(text: string, maxDepth: number): { isTooDeep: boolean; repeatedKey?: string } {
  const levels: Level[] = []
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
    } else if (char === '}' || char === ']') depth--
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

/** The place of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let before = at
  while (text[before - 1] === '\\') before--
  return (at - before) % 2 === 1
}

function nameOf(literal: string): string {
  return literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1)
}
