import type { Readable } from 'node:stream'

/**
 * Hands over each line of a text stream, and at its end what is left of one.
 * Not node:readline: it also breaks lines at the `\r` that AWS's runtime client puts for the newlines inside a log record.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => {
    if (rest) onLine(rest)
  })
}
