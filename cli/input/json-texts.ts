import { createScanner } from 'jsonc-parser'
import { createPositionAt, type Position } from './position.ts'

/** A JSON text in an input, or what stands where one should be. `lastLine`: the line on which it ends. */
export type JsonText = { text: string; start: Position; lastLine: number }

/**
 * Splits an input into JSON texts, one after the other: one value, NDJSON, or values over several lines. What is not JSON reaches
 * to the next line that certainly begins a text, so that nothing is lost.
 */
export function splitJsonTexts(input: string): JsonText[] {
  const positionAt = createPositionAt(input)
  const endOf = createEndOf(input, positionAt)
  const texts: JsonText[] = []
  for (let at = skipSpace(input, 0); at < input.length; ) {
    const end = endOf(at)
    const text = input.slice(at, end).trimEnd()
    texts.push({ text, start: positionAt(at), lastLine: positionAt(at + text.length).line })
    at = skipSpace(input, end)
  }
  return texts
}

/**
 * Returns a function that finds the end of the text at an offset, called in the order of the texts. A line certainly begins a text
 * if it opens an object or a list, is not indented deeper, and either JSON allows no value there, or it has the first key of an
 * earlier text.
 */
function createEndOf(input: string, positionAt: (offset: number) => Position): (at: number) => number {
  const scanner = createScanner(input)
  const firstKeys = new Set<string>()

  /** The indent of the line on which an offset is. */
  function indentOf(offset: number): number {
    const start = offset - positionAt(offset).column + 1
    return skipSpace(input, start) - start
  }

  /** White space is among them. A slash begins no comment in JSON: the tokens go on behind it. */
  function* tokensFrom(at: number): Generator<{ offset: number; end: number }> {
    scanner.setPosition(at)
    while (true) {
      scanner.scan()
      const offset = scanner.getTokenOffset()
      if (offset >= input.length) return
      if (input.charAt(offset) === '/') scanner.setPosition(offset + 1)
      yield { offset, end: scanner.getPosition() }
    }
  }

  return (at) => {
    const [isValue, indent] = [OPENS.test(input.charAt(at)), indentOf(at)]
    const key = firstKeyOf(input, at)
    if (key) firstKeys.add(key)
    let [depth, isClosed, isNewLine, last] = [0, false, false, '']
    let certain: number | undefined
    for (const { offset, end } of tokensFrom(at)) {
      const token = input.charAt(offset)
      if (/\s/.test(token)) {
        isNewLine ||= /[\r\n]/.test(token)
        continue
      }
      if (isNewLine && OPENS.test(token) && indentOf(offset) <= indent) {
        if (!TAKES_VALUE.test(last)) return certain ?? offset
        if (firstKeys.has(firstKeyOf(input, offset))) certain ??= offset
        if (isClosed && certain !== undefined) return certain
      }
      if (OPENS.test(token)) depth++
      if (CLOSES.test(token)) depth--
      if (certain !== undefined && depth > MAX_DEPTH) return certain
      isNewLine = false
      last = token
      if (depth > 0 || isClosed) continue
      isClosed = true
      if (isValue && isLastOnLine(input, end) && isJson(input.slice(at, end))) return end
    }
    return certain ?? input.length
  }
}

/** What is nested deeper is refused, so that it need not be looked through to its end. */
const MAX_DEPTH = 32
const OPENS = /[[{]/
const CLOSES = /[\]}]/
/** After one of these a value may follow. */
const TAKES_VALUE = /[[,:]/

/** What else follows on the line may belong to it, as in a broken envelope; another text is fine. */
function isLastOnLine(input: string, end: number): boolean {
  const rest = /[^\S\r\n]*(?:[[{\r\n]|$)/y
  rest.lastIndex = end
  return rest.test(input)
}

/** The first key of the object at an offset, as it is written; empty without one. */
function firstKeyOf(input: string, offset: number): string {
  const key = /\{\s*("[^"\\\r\n]{1,64}")/y
  key.lastIndex = offset
  return key.exec(input)?.[1] ?? ''
}

/** JSON knows less white space, but a byte order mark may stand between files that were put together. */
function skipSpace(input: string, from: number): number {
  const space = /\s*/y
  space.lastIndex = from
  space.test(input)
  return space.lastIndex
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
