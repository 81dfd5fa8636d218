import { readFile, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { UsageError } from '../terminal.ts'

/** `modifiedAt`: when the file was last written, in ms since the epoch; undefined for standard input. */
export type Text = { text: string; modifiedAt: number | undefined }

/**
 * Reads a file, or `stdin`, if it is given, for `-`. Throws a UsageError when there is no text to read. It names the `argument`, not the file:
 * that may be an e-mail address in the wrong place.
 */
export async function readText(file: string, stdin?: Readable, argument = 'FILE'): Promise<Text> {
  const stream = file === '-' ? stdin : undefined
  const name = stream ? 'standard input' : argument
  const bytes = await (stream ? buffer(stream) : readFile(file)).catch((error) => {
    throw new UsageError(`${name}: ${explainReading(error)}`)
  })
  const modifiedAt = stream ? undefined : (await stat(file)).mtimeMs
  const text = decode(bytes)
  if (text === undefined)
    throw new UsageError(`${name}: is not text in UTF-8, nor in UTF-16 with a byte order mark`)
  if (text.trim() === '') throw new UsageError(`${name}: there is nothing in it`)
  return { text, modifiedAt }
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'is a directory: name a file in it',
  EACCES: 'you may not read it: look at its permissions',
  EPERM: 'you may not read it: look at its permissions',
}

/** Why a file could not be read, in words. */
export function explainReading(error: unknown): string {
  const { code = 'unknown error' } = error as { code?: string }
  return REASONS[code] ?? `can't be read (${code})`
}

/** Windows PowerShell and spreadsheets write UTF-16. */
function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    return text.slice(0, 2).includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
