import { readFile, stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'

/** `modifiedAt`: when the file was written last, in ms since the epoch; undefined for standard input. */
export type Text = { text: string; modifiedAt: number | undefined }

/** Reads a file, or standard input for `-`. Returns a sentence when there is no UTF-8 text to be read. */
export async function readText(file: string): Promise<Text | { wrong: string }> {
  const isFile = file !== '-'
  const name = isFile ? file : 'standard input'
  const bytes = await (isFile ? readFile(file) : buffer(process.stdin)).catch(() => undefined)
  if (bytes === undefined) return { wrong: `${name}: can't be read` }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text, modifiedAt: isFile ? (await stat(file)).mtimeMs : undefined }
  } catch {
    return { wrong: `${name}: is not UTF-8 text` }
  }
}
