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
    ...{ format, barsize, stream: withoutDumbTerminal(stream) as NodeJS.WritableStream },
    ...{ hideCursor: true, gracefulExit: true, linewrap: false, emptyOnZero: true },
    ...{ noTTYOutput: true, notTTYSchedule: everyMs },
  })
}

function withoutDumbTerminal(stream: Writable): Writable {
  if (process.env.TERM !== 'dumb') return stream
  return new Writable({
    write(chunk, _encoding, done) {
      stream.write(chunk)
      done()
    },
  })
}
