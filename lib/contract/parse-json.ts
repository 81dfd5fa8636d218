import type { Rejection } from './check-breach-event.ts'

const MAX_DEPTH = 32

export type ParsedJson = { kind: 'parsed'; value: unknown } | { kind: 'rejected'; rejection: Rejection }

/**
 * Parses JSON from outside. Nesting beyond 32 levels is rejected before parsing:
 * what can be parsed but not serialized again could not be dead-lettered.
 */
export function parseJson(json: string): ParsedJson {
  const text = json.replace(/^\uFEFF/, '')
  if (text.trim() === '') return rejected('empty_body', 'body: is empty')
  if (depthOf(text) > MAX_DEPTH) {
    return rejected('nested_too_deep', `body: is nested deeper than ${MAX_DEPTH} levels`)
  }
  try {
    return { kind: 'parsed', value: JSON.parse(text) }
  } catch {
    return rejected('not_json', 'body: is not JSON')
  }
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth)
    else if (char === ']' || char === '}') depth--
  }
  return deepest
}

/** A rejection as a result. */
export function rejected(code: Rejection['code'], detail: string): ParsedJson {
  return { kind: 'rejected', rejection: { code, detail } }
}
