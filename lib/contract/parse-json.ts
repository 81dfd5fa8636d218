import type { Rejection } from './check-breach-event.ts'

const DEEPEST = 32

export type ParsedJson = { kind: 'parsed'; value: unknown } | { kind: 'rejected'; rejection: Rejection }

/**
 * Parses JSON from outside. Nesting beyond 32 levels is refused before parsing:
 * what can be parsed but not serialized again could not be dead-lettered.
 */
export function parseJson(json: string): ParsedJson {
  const text = json.replace(/^\uFEFF/, '')
  if (text.trim() === '') return rejected('empty_body', 'body: is empty')
  if (deepestNesting(text) > DEEPEST) {
    return rejected('nested_too_deep', `body: is nested deeper than ${DEEPEST} levels`)
  }
  try {
    return { kind: 'parsed', value: JSON.parse(text) }
  } catch {
    return rejected('not_json', 'body: is not JSON')
  }
}

function deepestNesting(text: string): number {
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

/** A refusal as a result. */
export function rejected(code: Rejection['code'], detail: string): ParsedJson {
  return { kind: 'rejected', rejection: { code, detail } }
}
