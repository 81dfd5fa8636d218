import { type ForkOptions, fork, type Serializable } from 'node:child_process'
import { once } from 'node:events'

const MAX_STDERR_LENGTH = 2000

/** A child process that answers one message at a time. */
type Child<Question, Answer> = {
  /** The next message. Rejects with the end of its stderr if the process ends first. */
  next(): Promise<Answer>
  ask(question: Question): Promise<Answer>
  /** Kills the process and waits until it is gone. */
  stop(): Promise<void>
}

/**
 * Starts a module as a process of its own. Its stdout is read and discarded.
 * It is outside our process group, so that Ctrl-C reaches only this process, which then stops the child.
 */
export function startProcess<Question extends Serializable, Answer>(
  module: string,
  options: Pick<ForkOptions, 'env' | 'execArgv'> & { args?: readonly string[] },
): Child<Question, Answer> {
  const { env, execArgv = [], args = [] } = options
  const child = fork(module, args, { env, execArgv, detached: true, silent: true })
  const exited = once(child, 'exit')
  let stderr = ''
  child.stdout?.resume()
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-MAX_STDERR_LENGTH)
  })
  const gone = exited.then(([code, signal]) => {
    throw new Error(`${module} ended (${signal ?? code}): ${stderr}`)
  })
  gone.catch(() => {})

  async function next(): Promise<Answer> {
    const [message] = await Promise.race([once(child, 'message'), gone])
    return message
  }

  return {
    next,
    ask: (question) => {
      const answer = next()
      child.send(question)
      return answer
    },
    stop: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}
