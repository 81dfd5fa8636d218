import path from 'node:path'
import yargs from 'yargs'
import { withResolvers } from '../lib/flow/node-20.ts'
import { defineCommand } from './command.ts'
import { quote } from './shell.ts'
import { UsageError } from './terminal.ts'

const SHELLS = ['bash', 'zsh'] as const
const MAIN = path.join(import.meta.dirname, `main${path.extname(import.meta.filename)}`)

/** Prints a script that makes a shell complete commands, flags and their values. */
export const completion = defineCommand({
  call: 'breach-reset completion',
  synopsis: [SHELLS.join('|')],
  about: [
    "Prints a script that makes the shell complete commands, flags and what a flag takes, after the word breach-reset. In a clone or a project, define that first: alias breach-reset='npx --no breach-reset'. bash must be 4 or newer.",
  ],
  positionals: [{ name: 'SHELL', about: SHELLS.join(' or '), choices: SHELLS }],
  flags: {},
  exitCodes: { 0: 'printed', 2: 'unusable arguments' },
  examples: [
    'source <(npx --no breach-reset completion bash)',
    'npx --no breach-reset completion zsh > ~/.zfunc/_breach-reset',
  ],
  parse(_values, [shell, ...others]) {
    const known = SHELLS.find((name) => name === shell)
    if (!known || others.length > 0) throw new UsageError(`say for which shell: ${SHELLS.join(' or ')}`)
    return known
  },
  async run(shell, { stdout }) {
    stdout.write(await scriptFor(shell))
    return 0
  },
})

/** The script of yargs for a shell, made to call this installation with this Node. */
async function scriptFor(shell: (typeof SHELLS)[number]): Promise<string> {
  const script = await printedFor(shell)
  const call = `SHELL=${shell} ${[process.execPath, MAIN].map(quote).join(' ')}`
  return script
    .replaceAll(/^#(?!compdef).*\n/gm, '')
    .replace('breach-reset --get-yargs-completions', () => `${call} --get-yargs-completions`)
}

/** yargs takes the shell from the environment, when it is made. This process uses it for nothing else. */
function printedFor(shell: string): Promise<string> {
  process.env.SHELL = shell
  const { promise, resolve } = withResolvers<string>()
  yargs()
    .scriptName('breach-reset')
    .completion('completion')
    .parse('completion', (_error: unknown, _argv: unknown, output: string) => resolve(output))
  return promise
}
