import { readFileSync } from 'node:fs'
import { loadPyodide } from 'pyodide'

type Sent = { service: string; QueueUrl: string; MessageBody: string }

/**
 * Starts CPython, with a `boto3` whose clients only note what they are to send. Its program runs as `python3 FILE` would run it;
 * `evaluate` then sees the program's functions. Takes two seconds.
 */
export async function startPython(environment: Record<string, string>) {
  const sent: Sent[] = []
  const printed: string[] = []
  const python = await loadPyodide({ env: environment, stdout: (line) => printed.push(line) })
  python.registerJsModule('boto3', {
    client: (service: string) => ({
      send_message(input: Omit<Sent, 'service'>) {
        sent.push({ service, ...input })
        return python.toPy({ MessageId: `message-${sent.length}` })
      },
    }),
  })
  return {
    sent,
    printed,
    run: (file: URL) => void python.runPython(readFileSync(file, 'utf8')),
    evaluate: (expression: string): unknown => python.runPython(expression),
  }
}
