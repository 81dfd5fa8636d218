/** A JSON text in an input, and the line on which it begins, from 1. */
export type Document = { text: string; line: number }

/**
 * Splits an input into JSON texts: itself, or its lines (NDJSON) when it is none as a whole, and more than one begins an object or
 * a list at its margin.
 */
export function splitDocuments(input: string): Document[] {
  const text = input.replace(/^\uFEFF/, '')
  const lines = text.split('\n').map((line, index) => ({ text: line, line: index + 1 }))
  const isLines = lines.filter((line) => /^[[{]/.test(line.text)).length > 1 && !isJson(text)
  return isLines ? lines.filter((line) => line.text.trim() !== '') : [{ text, line: 1 }]
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
