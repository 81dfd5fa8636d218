const NAMED = new Map([
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
  ['commat', '@'],
  ['plus', '+'],
  ['sol', '/'],
  ['equals', '='],
  ['period', '.'],
])
const fromHex = (digits: string) => String.fromCharCode(Number.parseInt(digits, 16))
const percent = (text: string) => text.replace(/%([0-9a-f]{2})/gi, (_, digits) => fromHex(digits))
const twice = (text: string) => percent(percent(text))

const DECODERS: Record<string, (text: string) => string> = {
  plain: (text) => text,
  'percent-encoded': percent,
  'percent-encoded twice': twice,
  'form-encoded': (text) => twice(text.replaceAll('+', ' ')),
  'JSON-escaped': (text) =>
    text.replace(/\\+u([0-9a-f]{4})/gi, (_, digits) => fromHex(digits)).replace(/\\+([/'"])/g, '$1'),
  'HTML-escaped': (text) =>
    text
      .replace(/&#x([0-9a-f]+);/gi, (_, digits) => fromHex(digits))
      .replace(/&#(\d+);/g, (_, digits) => String.fromCharCode(Number(digits)))
      .replace(/&(\w+);/g, (whole, name) => NAMED.get(name) ?? whole),
  'quoted-printable': (text) =>
    text.replace(/=(\r?\n|(\\r)?\\n)/g, '').replace(/=([0-9a-f]{2})/gi, (_, digits) => fromHex(digits)),
}

/** A text as it is and as each of the encodings that escape single characters reads it, by the name of the encoding. */
export function readingsOf(text: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(DECODERS).map(([name, decode]) => [name, decode(text)]))
}
