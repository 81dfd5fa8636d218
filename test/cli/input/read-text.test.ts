import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { explainReading, readText } from '../../../cli/input/read-text.ts'

const read = (bytes: Buffer) => readText('-', Readable.from([bytes]))
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()

describe('readText', () => {
  it.each([
    ['UTF-8', Buffer.from('{"é":1}')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff{"é":1}')],
    ['UTF-16, as Windows PowerShell writes it', Buffer.from('\ufeff{"é":1}', 'utf16le')],
    ['UTF-16 with the other byte order', bigEndian('\ufeff{"é":1}')],
  ])('reads %s', async (_, bytes) => {
    expect(await read(bytes)).toEqual({ text: '{"é":1}', modifiedAt: undefined })
  })

  it('has the time at which a file was written', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'read-text-test-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(`${folder}/list.csv`, 'email')
    const { text, modifiedAt } = await readText(`${folder}/list.csv`)
    expect([text, typeof modifiedAt]).toEqual(['email', 'number'])
  })

  it.each([
    ['nothing but space', Buffer.from(' \n'), 'standard input: there is nothing in it'],
    [
      'UTF-16 without a byte order mark',
      Buffer.from('{}', 'utf16le'),
      /^standard input: is not text in UTF-8/,
    ],
    ['bytes that are no text', Buffer.from([0xc3]), /^standard input: is not text in UTF-8/],
  ])('refuses %s', async (_, bytes, sentence) => {
    await expect(read(bytes)).rejects.toThrow(sentence)
  })

  it.each([
    ['ENOENT', 'there is no such file'],
    ['EISDIR', 'is a directory: name a file in it'],
    ['EACCES', 'you may not read it: look at its permissions'],
    ['EIO', "can't be read (EIO)"],
  ])('tells %s apart', (code, sentence) => {
    expect(explainReading({ code })).toBe(sentence)
  })
})
