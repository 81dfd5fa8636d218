import { SingleBar } from 'cli-progress'

/** What a look at the running system shows: rows with an outcome, when Stytch was called (ms, in order), and what is waited for. */
export type Look = { done: number; callTimes: readonly number[]; waiting: string }

/** A progress bar of rows with an outcome, and the rate of calls in the last second against the budget. */
export function createProgress(options: {
  title: string
  total: number
  budget: number
  stream: NodeJS.WriteStream
  look: () => Look
}): { look(): void; end(): void } {
  const bar = new SingleBar({
    format: `${options.title} {bar} {value}/{total} rows  {rate} of ${options.budget} calls/s  {waiting}`,
    stream: options.stream,
    barsize: 24,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 2000,
    emptyOnZero: true,
    linewrap: false,
  })
  bar.start(options.total, 0, { rate: 0, waiting: '' })

  function look(): void {
    const { done, callTimes, waiting } = options.look()
    const since = Date.now() - 1000
    const rate = callTimes.length - (callTimes.findLastIndex((at) => at <= since) + 1)
    bar.update(Math.min(options.total, done), { rate, waiting })
  }

  return {
    look,
    end() {
      look()
      bar.stop()
    },
  }
}
