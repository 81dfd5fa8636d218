import { createHash } from 'node:crypto'
import type { Planted } from './planted.ts'

/** A planted value that was found, by the encodings that show it. `around`: the text that it was first found in. */
export type Leak = { name: string; encodings: readonly string[]; around: string }

/** Looks for planted values in a text, or in the JSON of any other value: plain, in any case, and in every encoding that an output can have. */
export function findLeaks(output: unknown, planted: readonly Planted[]): Leak[] {
  const text = typeof output === 'string' ? output : (JSON.stringify(output) ?? '')
  const lowerCase = text.toLowerCase()
  const standardBase64 = text.replaceAll('-', '+').replaceAll('_', '/').replaceAll('\\/', '/')
  const readings = Object.entries(DECODERS).map(
    ([encoding, decode]) => [encoding, decode(text).toLowerCase()] as const,
  )
  return planted.flatMap(({ name, value }) => {
    const decoded = readings.map(([encoding, reading]) => hit(encoding, reading, value.toLowerCase()))
    const encoded = needlesOf(value).map(({ encoding, needle, anyCase }) =>
      hit(encoding, anyCase ? lowerCase : standardBase64, needle),
    )
    const hits = [...decoded, ...encoded].filter((one) => one !== undefined)
    const encodings = [...new Set(hits.map(({ encoding }) => encoding))]
    return hits.slice(0, 1).map(({ around }) => ({ name, encodings, around }))
  })
}

function hit(encoding: string, text: string, needle: string) {
  const at = text.indexOf(needle)
  return at === -1 ? undefined : { encoding, around: text.slice(Math.max(0, at - 80), at + 160) }
}

const fromHex = (digits: string) => String.fromCharCode(Number.parseInt(digits, 16))
const percent = (text: string) => text.replace(/%([0-9a-f]{2})/gi, (_, digits) => fromHex(digits))
const percentTwice = (text: string) => percent(percent(text))
const ENTITIES = new Map([
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
  ['commat', '@'],
  ['plus', '+'],
  ['sol', '/'],
  ['equals', '='],
  ['period', '.'],
])

/** Encodings that escape single characters: the whole text is decoded, also where escapes are nested, as JSON in JSON is. */
const DECODERS: Record<string, (text: string) => string> = {
  plain: (text) => text,
  'percent-encoded': percent,
  'percent-encoded twice': percentTwice,
  'form-encoded': (text) => percentTwice(text.replaceAll('+', ' ')),
  'JSON-escaped': (text) =>
    text.replace(/\\+u([0-9a-f]{4})/gi, (_, digits) => fromHex(digits)).replace(/\\+([/'"])/g, '$1'),
  'HTML-escaped': (text) =>
    text
      .replace(/&#x([0-9a-f]+);/gi, (_, digits) => fromHex(digits))
      .replace(/&#(\d+);/g, (_, digits) => String.fromCharCode(Number(digits)))
      .replace(/&(\w+);/g, (entity, name) => ENTITIES.get(name) ?? entity),
}

/** What a value is when it is encoded as a whole. `anyCase`: it is looked for in lower case. */
type Needle = { encoding: string; needle: string; anyCase: boolean }

const known = new Map<string, readonly Needle[]>()

/** Base64 at any place of a longer text, hex, and SHA-256 without a key; of the value as it is and in lower and upper case. */
function needlesOf(value: string): readonly Needle[] {
  const needles = known.get(value) ?? [value, value.toLowerCase(), value.toUpperCase()].flatMap(encodeWhole)
  known.set(value, needles)
  return needles
}

function encodeWhole(value: string): Needle[] {
  const digest = createHash('sha256').update(value).digest()
  return [
    ...[0, 1, 2].map((offset) => ({
      encoding: `base64 at ${offset}`,
      needle: base64At(offset, value),
      anyCase: false,
    })),
    { encoding: 'hex', needle: Buffer.from(value).toString('hex'), anyCase: true },
    { encoding: 'sha256', needle: digest.toString('hex'), anyCase: true },
    { encoding: 'sha256', needle: digest.toString('base64').replaceAll('=', ''), anyCase: false },
  ]
}

/** The characters that the value alone decides, when `offset` bytes of something else come before it and any after it. */
function base64At(offset: number, value: string): string {
  const bytes = Buffer.from('x'.repeat(offset) + value)
  const isWhole = bytes.length % 3 === 0
  const text = bytes.toString('base64').replaceAll('=', '')
  return text.slice(offset === 0 ? 0 : offset + 1, isWhole ? undefined : -1)
}
