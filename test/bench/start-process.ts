import { type ForkOptions, fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'

const KEPT_OF_STDERR = 2000

/** A child process that is asked one thing at a time. */
export type Asked<Question, Answer> = {
  /** The next message. Rejects with the end of its stderr when the process ends instead. */
  hear(): Promise<Answer>
  ask(question: Question): Promise<Answer>
  /** Kills it and waits until it is gone. */
  stop(): Promise<void>
}

/**
 * Starts a module as a process of its own. Its stdout is drained and dropped.
 * It stands outside the process group: Ctrl-C reaches only who started it, who then stops it.
 */
export function startProcess<Question extends Serializable, Answer>(
  module: string,
  options: Pick<ForkOptions, 'env' | 'execArgv'> & { args?: readonly string[] },
): Asked<Question, Answer> {
  const { env, execArgv = [], args = [] } = options
  const child = fork(module, args, { env, execArgv, detached: true, silent: true })
  const exited = once(child, 'exit')
  let stderr = ''
  child.stdout?.resume()
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-KEPT_OF_STDERR)
  })
  const gone = exited.then(([code, signal]) => {
    throw new Error(`${module} ended (${signal ?? code}): ${stderr}`)
  })
  gone.catch(() => {})

  async function hear(): Promise<Answer> {
    const [message] = await Promise.race([once(child, 'message'), gone])
    return message
  }

  return {
    hear,
    ask: (question) => {
      const answer = hear()
      child.send(question)
      return answer
    },
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
