import fc from 'fast-check'
import { editedText } from './edited-text.ts'
import { httpText } from './http-text.ts'
import type { RawAnswer } from './start-raw-server.ts'

const latin1 = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('latin1')

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'

const bytes = fc.oneof(
  { weight: 6, arbitrary: httpText },
  { weight: 3, arbitrary: editedText(httpText).map(latin1) },
  { weight: 2, arbitrary: fc.tuple(httpText, httpText).map((both) => both.join('')) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 200 }).map(latin1),
  },
  { weight: 1, arbitrary: fc.constant(SWITCH) },
  { weight: 1, arbitrary: httpText.map((text) => text + 'x'.repeat(1_100_000)) },
)

/** What a peer can send on a connection after a request, in up to three pieces, and how it leaves the connection. */
export const rawAnswer: fc.Arbitrary<RawAnswer> = fc
  .record({
    bytes,
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
    end: fc.constantFrom('end', 'destroy', 'reset', 'keep open'),
  })
  .map(({ bytes, cuts, end }) => {
    const at = cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b)
    const pieces = [0, ...at].map((from, index) => bytes.slice(from, at[index] ?? bytes.length))
    return { pieces: pieces.filter(Boolean), end }
  })
