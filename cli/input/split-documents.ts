/** A JSON text in an input, and the line on which it begins, from 1. */
export type Document = { text: string; line: number }

/** Splits an input into JSON texts: itself, or its lines when it is NDJSON. */
export function splitDocuments(input: string): Document[] {
  const text = input.replace(/^\uFEFF/, '')
  const lines = text.split('\n').map((line, index) => ({ text: line.trim(), line: index + 1 }))
  const [first, second] = lines.filter((line) => line.text !== '')
  const isLines = second !== undefined && first?.text.endsWith('}') && !isJson(text)
  return isLines ? lines.filter((line) => line.text !== '') : [{ text, line: 1 }]
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
