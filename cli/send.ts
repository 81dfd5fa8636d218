import { loadInput } from './input/input.ts'
import { findResume, parseSendOptions, SEND_USAGE } from './send/options.ts'
import { runSend } from './send/run-send.ts'
import { refuse, untilInterrupted } from './terminal.ts'

/**
 * Puts breach events on the breach queue. Returns the exit code: 0 all sent, 1 not all, 2 unusable arguments or file, 3 something
 * breaks the contract, 130 interrupted.
 */
export async function send(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${SEND_USAGE}\n`)
    return 0
  }
  const options = parseSendOptions(args)
  if ('wrong' in options) return refuse(`${options.wrong}\nbreach-reset send --help shows how`)
  const input = await loadInput(options.input, Date.now())
  if ('wrong' in input) return refuse(input.wrong)
  const before = findResume(input.events, options.resume)
  if (typeof before === 'object') return refuse(before.wrong)
  const stopping = new AbortController()
  let working = Promise.resolve(0)
  return untilInterrupted(
    async () => {
      stopping.abort(new Error('interrupted'))
      await working
    },
    () => {
      working = runSend(input, before, options, stopping.signal)
      return working
    },
  )
}
