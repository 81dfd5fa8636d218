import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { hostileText } from './hostile-text.ts'
import { stytchBody } from './stytch-body.ts'

const latin1 = (text: string) => Buffer.from(text).toString('latin1')
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
export const httpText: fc.Arbitrary<string> = fc
  .record({ statusLine, headers: fc.array(header, { maxLength: 2 }), framing, body: stytchBody })
  .map(({ statusLine, headers, framing, body }) => {
    const [head, rest] = framing(latin1(body))
    return `${[statusLine, ...headers, head].join('\r\n')}\r\n\r\n${rest}`
  })
