import { Writable } from 'node:stream'
import { SingleBar } from 'cli-progress'

/**
 * A progress bar, which is drawn in place. Without a terminal, or in one that can't do that (TERM=dumb), it is a line every `everyMs` without
 * control characters. Ctrl-C leaves the cursor as it was.
 */
export function createBar(
  stream: Writable,
  { format, barsize, everyMs }: { format: string; barsize: number; everyMs: number },
): SingleBar {
  return new SingleBar({
    ...{ format, barsize, stream: toDrawOn(stream) as NodeJS.WritableStream },
    ...{ hideCursor: true, gracefulExit: true, linewrap: false, emptyOnZero: true },
    ...{ noTTYOutput: true, notTTYSchedule: everyMs },
  })
}

/** The stream itself, if a bar can be drawn in it; else one that takes a line, without its end, with each write. */
function toDrawOn(stream: Writable): Writable {
  const { isTTY } = stream as Partial<NodeJS.WriteStream>
  if (isTTY && process.env.TERM !== 'dumb') return stream
  return new Writable({
    write(chunk, _encoding, done) {
      const line = String(chunk).trimEnd()
      if (line !== '') stream.write(`${line}\n`)
      done()
    },
  })
}
