import { createHash } from 'node:crypto'

/** What a value looks like when it is encoded as a whole. `ignoreCase`: it is looked for in lower case. */
export type Needle = { encoding: string; text: string; ignoreCase: boolean }

/** The needles of a value: base64 wherever in a longer text it begins, hex, reversed, and hashed without a key. */
export function needlesOf(value: string): readonly Needle[] {
  const spellings = [...new Set([value, value.toLowerCase(), value.toUpperCase()])]
  const ignoringCase = (encoding: string, text: string) => ({
    encoding,
    text: text.toLowerCase(),
    ignoreCase: true,
  })
  return [
    ...spellings.flatMap((spelling) => [
      ...[0, 1, 2].map((offset) => ({
        encoding: `base64 at ${offset}`,
        text: base64At(offset, spelling),
        ignoreCase: false,
      })),
      ignoringCase('hex', Buffer.from(spelling).toString('hex')),
      ...['md5', 'sha1', 'sha256'].flatMap((hash) => {
        const digest = createHash(hash).update(spelling).digest()
        const base64 = {
          encoding: hash,
          text: digest.toString('base64').replaceAll('=', ''),
          ignoreCase: false,
        }
        return [ignoringCase(hash, digest.toString('hex')), base64]
      }),
    ]),
    ignoringCase('reversed', [...value].toReversed().join('')),
  ]
}

/** The characters that only the value decides, when `offset` bytes of something else come before it and any after it. */
function base64At(offset: number, value: string): string {
  const bytes = Buffer.from('x'.repeat(offset) + value)
  const isWhole = bytes.length % 3 === 0
  const text = bytes.toString('base64').replaceAll('=', '')
  return text.slice(offset === 0 ? 0 : offset + 1, isWhole ? undefined : -1)
}
