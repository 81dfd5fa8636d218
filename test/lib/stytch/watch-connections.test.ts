import net from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { closeConnectionOf } from '../../../lib/stytch/ask-stytch.ts'
import { createRequireReset } from '../../../lib/stytch/require-reset.ts'

const CREDENTIALS = { project_id: 'project-test-1', secret: 's' }
const ADA = { email_address: 'ada@customer.example' }

const inOnePiece = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`
const inChunks = (body: string) =>
  `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
const FOREIGN = inOnePiece('foreign')

/** A client and a server. The nth call is answered by the nth of `scripts`, then each with its own number. */
async function start(...scripts: ((socket: net.Socket) => void)[]) {
  const sockets: net.Socket[] = []
  let calls = 0
  const server = net.createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    socket.on('data', () => {
      const script = scripts[calls++]
      if (script) script(socket)
      else socket.write(inOnePiece(`own ${calls}`))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as net.AddressInfo
  const requireReset = createRequireReset({ timeoutMs: 2000, baseUrl: `http://127.0.0.1:${port}` })
  const call = () => requireReset(ADA, CREDENTIALS)
  const write = (text: string) => new Promise<void>((resolve) => sockets[0]?.write(text, () => resolve()))
  return { call, sockets, write }
}

describe('a connection', () => {
  it.each([
    ['in one piece', inOnePiece('own 1')],
    ['in chunks', inChunks('own 1')],
    ['in chunks, without a body', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ])('is used again after an answer and nothing else, %s', async (_, answer) => {
    const { call, sockets } = await start((socket) => socket.write(answer))
    await call()
    expect(await call()).toMatchObject({ body: 'own 2' })
    expect(sockets).toHaveLength(1)
  })

  it('is used again after an answer that came byte by byte', async () => {
    const { call, sockets } = await start(async (socket) => {
      socket.setNoDelay()
      for (const byte of inChunks('own 1')) await new Promise((resolve) => socket.write(byte, resolve))
    })
    expect(await call()).toMatchObject({ body: 'own 1' })
    await call()
    expect(sockets).toHaveLength(1)
  })

  describe.each([
    ['in one piece', inOnePiece('own 1')],
    ['in chunks', inChunks('own 1')],
  ])('is not used again after an answer %s', (_, answer) => {
    it.each([
      ['another answer', FOREIGN],
      ['one byte of another answer', 'H'],
      ['the beginning of another answer', FOREIGN.slice(0, 20)],
      ['all but the last byte of a head', 'HTTP/1.1 200 OK\r\n\r'],
      ['an empty line', '\r\n'],
      ['an interim answer', 'HTTP/1.1 100 Continue\r\n\r\n'],
      ['what is not HTTP', 'foreign'],
    ])('with %s behind it', async (_, extra) => {
      const { call, sockets } = await start((socket) => socket.write(answer + extra))
      expect(await call()).toMatchObject({ body: 'own 1' })
      expect(await call()).toMatchObject({ body: 'own 2' })
      expect(sockets).toHaveLength(2)
    })
  })

  it('is not used again when a second answer comes in the middle of the first', async () => {
    const half = inOnePiece('own 1').slice(0, -2)
    const { call, sockets } = await start((socket) => socket.write(half + FOREIGN))
    await call()
    expect(await call()).toMatchObject({ body: 'own 2' })
    expect(sockets).toHaveLength(2)
  })

  it('is closed when more comes while no call is made', async () => {
    const { call, sockets, write } = await start()
    await call()
    await write(FOREIGN.slice(0, 20))
    await vi.waitUntil(() => sockets[0]?.closed)
    expect(await call()).toMatchObject({ body: 'own 2' })
  })

  it('is not used for a call that begins when more has come and was not read yet', async () => {
    const { call, write } = await start()
    await call()
    const written = write(FOREIGN)
    expect(await call()).toMatchObject({ body: 'own 2' })
    await written
  })

  it('is closed for an answer about somebody else, so that one answer too many is not passed on from call to call', async () => {
    const early = (socket: net.Socket) => socket.write(FOREIGN)
    const { call, sockets } = await start(early)
    const first = await call()
    closeConnectionOf(first)
    await call()
    expect(sockets).toHaveLength(2)
  })
})
