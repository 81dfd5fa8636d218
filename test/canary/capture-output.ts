/** Runs `work` and hands every line that this process writes meanwhile, to stdout or stderr, to `onLine` instead of the terminal. */
export async function captureOutput<Value>(
  onLine: (line: string) => void,
  work: () => Promise<Value>,
): Promise<Value> {
  const streams = [process.stdout, process.stderr]
  const originals = streams.map((stream) => stream.write)
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      for (const line of Buffer.from(chunk).toString().split('\n')) if (line) onLine(line)
      const done = rest.findLast((argument) => typeof argument === 'function')
      done?.()
      return true
    }
  }
  try {
    return await work()
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = originals[index] ?? stream.write
  }
}
