import { createHash } from 'node:crypto'

const hexOf = (char: string) => char.charCodeAt(0).toString(16).padStart(2, '0')
const every = (text: string, encode: (char: string) => string) =>
  text.replace(/[^a-z0-9]/gi, (char) => encode(char))
const percent = (text: string) => every(text, (char) => `%${hexOf(char).toUpperCase()}`)
const base64 = (text: string, offset: number) =>
  Buffer.from(`${'?'.repeat(offset)}${text}, tail`).toString('base64')
const sha256 = (text: string) => createHash('sha256').update(text)

/** How a value may come out, by the name that findLeaks gives the encoding. Written with Node's own encoders where there is one. */
export const ENCODERS: readonly [encoding: string, encode: (value: string) => string][] = [
  ['plain', (value) => value],
  ['plain', (value) => value.toUpperCase()],
  ['plain', (value) => value.toLowerCase()],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded', percent],
  ['percent-encoded twice', (value) => encodeURIComponent(encodeURIComponent(value))],
  ['form-encoded', (value) => new URLSearchParams({ value }).toString()],
  ['JSON-escaped', (value) => JSON.stringify(value.replaceAll('/', '\\/'))],
  ['JSON-escaped', (value) => every(value, (char) => `\\u00${hexOf(char)}`)],
  ['JSON-escaped', (value) => JSON.stringify(every(value, (char) => `\\u00${hexOf(char)}`))],
  ['HTML-escaped', (value) => every(value, (char) => `&#${char.charCodeAt(0)};`)],
  ['HTML-escaped', (value) => every(value, (char) => `&#x${hexOf(char)};`)],
  ['HTML-escaped', (value) => value.replaceAll('&', '&amp;').replaceAll("'", '&apos;')],
  ['base64 at 0', (value) => Buffer.from(value).toString('base64')],
  ['base64 at 0', (value) => base64(value, 3)],
  ['base64 at 1', (value) => base64(value, 1)],
  ['base64 at 2', (value) => base64(value, 2)],
  ['base64 at 0', (value) => Buffer.from(value.toLowerCase()).toString('base64url')],
  ['hex', (value) => Buffer.from(value).toString('hex')],
  ['hex', (value) => Buffer.from(value.toLowerCase()).toString('hex').toUpperCase()],
  ['sha256', (value) => sha256(value.toLowerCase()).digest('hex')],
  ['sha256', (value) => sha256(value).digest('base64url')],
]
