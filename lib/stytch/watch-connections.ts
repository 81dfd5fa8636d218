import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'

type ConnectionWatch = {
  /**
   * Lets the process read what has arrived, so that no call begins on a connection that was closed or holds bytes of an earlier
   * answer. Calls that wait at the same time begin together.
   */
  readWhatArrived(): Promise<void>
  /** A call begins on the connection. */
  begin(socket: Socket): void
  /** The answer to it has ended. `bodyBytes`: the length of its body. */
  end(socket: Socket, answer: IncomingMessage, bodyBytes: number): void
}

/**
 * Watches what arrives on kept connections. One that holds more bytes than the answer it gave is closed, at once or when they arrive:
 * the next call on it would take them for its own answer, and they are about somebody else.
 */
export function createConnectionWatch(): ConnectionWatch {
  /** What has arrived since the call began; undefined while there is no call. */
  const arrived = new WeakMap<Socket, Buffer[] | undefined>()
  let reading: Promise<void> | undefined

  return {
    readWhatArrived() {
      reading ??= twoTurns().finally(() => {
        reading = undefined
      })
      return reading
    },
    begin(socket) {
      if (!arrived.has(socket)) {
        // While there is no call, newer versions of Node close it themselves.
        socket.on('data', (bytes: Buffer) => {
          const pieces = arrived.get(socket)
          if (pieces) pieces.push(bytes)
          else socket.destroy()
        })
      }
      arrived.set(socket, [])
    },
    end(socket, answer, bodyBytes) {
      const bytes = Buffer.concat(arrived.get(socket) ?? [])
      arrived.set(socket, undefined)
      if (!isAllOf(bytes, answer, bodyBytes)) socket.destroy()
    },
  }
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const LAST_CHUNK = '0\r\n\r\n'

/**
 * Whether these bytes are the answer and nothing else. Node itself closes a connection on which a second head is complete or wrong; the
 * beginning of one, which it lets pass, can't end as a body in chunks does. Framing that is not known to be exact is not.
 */
function isAllOf(bytes: Buffer, { headers }: IncomingMessage, bodyBytes: number): boolean {
  if (/^chunked$/i.test(headers['transfer-encoding'] ?? ''))
    return bytes.toString('latin1', bytes.length - LAST_CHUNK.length) === LAST_CHUNK
  const headBytes = bytes.indexOf(END_OF_HEAD) + END_OF_HEAD.length
  return headers['content-length'] === String(bodyBytes) && bytes.length === headBytes + bodyBytes
}

/** Two turns of the event loop: between them it asks the system what has arrived. */
async function twoTurns(): Promise<void> {
  await setImmediate()
  await setImmediate()
}
