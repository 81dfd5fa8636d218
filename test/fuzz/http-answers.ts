import net from 'node:net'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { editedText, hostileText } from './hostile.ts'
import { stytchBody } from './stytch-answers.ts'

const latin1 = (bytes: string | Uint8Array) => Buffer.from(bytes as string).toString('latin1')
const chunk = (size: string, body: string) => `${size}\r\n${body}\r\n0\r\n\r\n`

/** How a body can be framed, rightly and wrongly: header lines and what follows the head. */
const framing = fc.constantFrom<(body: string) => [head: string, rest: string]>(
  (body) => [`content-length: ${body.length}`, body],
  (body) => [`content-length: ${body.length}`, body],
  (body) => [`content-length: ${body.length + 7}`, body],
  (body) => [`content-length: ${Math.max(0, body.length - 7)}`, body],
  (body) => [`content-length: 1\r\ncontent-length: ${body.length}`, body],
  (body) => ['content-length: -1', body],
  (body) => ['content-length: 99999999999999999999', body],
  (body) => ['transfer-encoding: chunked', chunk(body.length.toString(16), body)],
  (body) => ['transfer-encoding: chunked', chunk((body.length + 1).toString(16), body)],
  (body) => ['transfer-encoding: chunked', chunk('zz', body)],
  (body) => ['transfer-encoding: chunked', chunk('ffffffffffffffffffff', body)],
  (body) => ['transfer-encoding: chunked\r\ncontent-length: 5', chunk(body.length.toString(16), body)],
  (body) => ['transfer-encoding: gzip', body],
  (body) => ['content-encoding: gzip', gzipSync(body).toString('latin1')],
  (body) => ['connection: upgrade\r\nupgrade: websocket', body],
  (body) => ['connection: close', body],
)

const statusLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(200, 400, 404, 429, 500).map((code) => `HTTP/1.1 ${code} OK`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(100, 101, 103, 204, 302, 304, 599, 999).map((code) => `HTTP/1.1 ${code} X`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'HTTP/1.0 200',
      'HTTP/2 200',
      'HTTP/1.1 20',
      'HTTP/1.1 2000 OK',
      'ICY 200 OK',
      'HTTP/1.1 000 X',
    ),
  },
)

const header = fc.oneof(
  fc.constantFrom(
    'retry-after: 7',
    'retry-after: 7\r\nretry-after: 9',
    'location: http://127.0.0.1:1/',
    'no colon',
  ),
  fc.constantFrom(
    ' folded',
    'set-cookie: a\r\nset-cookie: b',
    `x: ${'y'.repeat(17_000)}`,
    '__proto__: 1',
    ': empty',
  ),
  hostileText.map((text) => `x-text: ${latin1(text)}`),
)

/** An HTTP answer as bytes in latin1: any status line, odd headers, a body of `stytchBody` framed rightly or wrongly. */
const httpText: fc.Arbitrary<string> = fc
  .record({ statusLine, headers: fc.array(header, { maxLength: 2 }), framing, body: stytchBody })
  .map(({ statusLine, headers, framing, body }) => {
    const [head, rest] = framing(latin1(body))
    return `${[statusLine, ...headers, head].join('\r\n')}\r\n\r\n${rest}`
  })

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'

const bytes = fc.oneof(
  { weight: 6, arbitrary: httpText },
  { weight: 3, arbitrary: editedText(httpText).map(latin1) },
  { weight: 2, arbitrary: fc.tuple(httpText, httpText).map((both) => both.join('')) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map(latin1) },
  { weight: 1, arbitrary: fc.constant(SWITCH) },
  { weight: 1, arbitrary: httpText.map((text) => text + 'x'.repeat(1_100_000)) },
)

/** What a peer can send on a connection after a request, in up to three pieces, and how it ends the connection. */
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

/** What is written on a connection, in latin1, piece by piece with a turn of the event loop in between, and how the connection ends. */
export type RawAnswer = { pieces: readonly string[]; end: 'end' | 'destroy' | 'reset' | 'keep open' }

/** A TCP server on 127.0.0.1 that answers each POST with `script.current`. `open`: the connections that the client has not closed. */
export async function startRawServer(script: { current: RawAnswer }) {
  const open = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    socket.on('data', (data) => {
      if (data.toString('latin1').startsWith('POST ')) void play(socket, script.current)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const closeAll = () => open.forEach((socket) => void socket.destroy())
  const stop = () => {
    closeAll()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}`, open, closeAll, stop }
}

async function play(socket: net.Socket, { pieces, end }: RawAnswer): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece, 'latin1')
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (end === 'end') socket.end()
  if (end === 'destroy') socket.destroy()
  if (end === 'reset') socket.resetAndDestroy()
}
