import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { onTestFinished, vi } from 'vitest'
import type { Command } from '../../cli/command.ts'

/** Runs a command in this process with such environment variables and standard input, and collects what it prints. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  {
    input = '',
    environment = {},
  }: { input?: string | Buffer; environment?: Record<string, string | undefined> } = {},
) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await command(args, { stdin: Readable.from([Buffer.from(input)]), stdout, stderr })
  return { code, stdout: await text(stdout.end()), stderr: await text(stderr.end()) }
}
