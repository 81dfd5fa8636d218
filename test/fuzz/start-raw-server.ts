import net from 'node:net'

/** What is written on a connection, in latin1 and a turn of the event loop apart, and how the connection is left. */
export type RawAnswer = { pieces: readonly string[]; end: 'end' | 'destroy' | 'reset' | 'keep open' }

/** A TCP server on 127.0.0.1 that answers each POST with `script.current`. `open`: its connections that the client has not left. */
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
