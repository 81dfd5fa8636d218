import { access, constants, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../terminal.ts'

/** Throws a UsageError if a file can't be written. It changes nothing. */
export async function checkWritable(file: string, flag: string): Promise<void> {
  try {
    const found = await stat(file).catch(() => undefined)
    if (found?.isDirectory()) throw { code: 'EISDIR' }
    await access(found ? file : `${path.dirname(file)}/`, constants.W_OK)
  } catch (error) {
    throw new UsageError(`${flag}: ${explainWriting(error)}`)
  }
}

/** Writes a file that only its owner may read. `isNew`: refuses to replace one. Throws a UsageError if that can't be. */
export async function writePrivately(
  file: string,
  text: string,
  { flag, isNew = false }: { flag: string; isNew?: boolean },
): Promise<void> {
  await writeFile(file, text, { mode: 0o600, flag: isNew ? 'wx' : 'w' }).catch((error) => {
    throw new UsageError(`${flag}: ${explainWriting(error)}`)
  })
}

const REASONS: Record<string, string> = {
  EEXIST: 'there is a file of that name already: name another, or this one to replace it',
  EISDIR: 'is a directory: name a file in it',
  ENOENT: 'there is no such directory',
  ENOTDIR: 'there is no such directory',
  EACCES: 'you may not write there: look at its permissions',
  EPERM: 'you may not write there: look at its permissions',
  EROFS: 'you may not write there: the file system is read-only',
}

function explainWriting(error: unknown): string {
  const { code = 'unknown error' } = error as { code?: string }
  return REASONS[code] ?? `can't be written (${code})`
}
