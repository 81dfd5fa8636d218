import { redrive } from '../../cli/redrive.ts'
import { send } from '../../cli/send.ts'
import { smoke } from '../../cli/smoke.ts'
import { start } from '../../cli/start.ts'
import { validate } from '../../cli/validate.ts'
import { captureOutput } from './capture-output.ts'

const COMMANDS: Record<string, (args: readonly string[]) => Promise<number>> = {
  redrive,
  send,
  smoke,
  start,
  validate,
}

/** Runs a command in this process, as cli/main.ts does, and resolves to what it said. For arguments that it refuses. */
export async function runHere([name = '', ...args]: readonly string[]): Promise<{
  stdout: string
  stderr: string
}> {
  const lines: string[] = []
  const exitCode = await captureOutput(
    (line) => lines.push(line),
    async () => COMMANDS[name]?.(args),
  )
  if (exitCode !== 2) throw new Error(`${name} ended with ${exitCode}: it does not refuse these arguments`)
  return { stdout: '', stderr: lines.join('\n') }
}
