#!/usr/bin/env node
import { createRequire } from 'node:module'
import { builtIn, commands } from './commands.ts'
import { columnsOf, table } from './lines.ts'
import { loadCommand } from './missing-part.ts'
import { explainUnknown } from './suggest.ts'

const { argv, stdout, stderr } = process
const [name = '', ...args] = argv.slice(2)
process.exit(await main())

async function main(): Promise<number> {
  const [topic, ...others] = args
  if (name === '--get-yargs-completions') return (await import('./complete.ts')).complete(args, commands)
  if (['version', '--version', '-v', '-V'].includes(name)) return print(versionHere())
  if (!['help', '--help', '-h'].includes(name)) return (await load(name))?.(args) ?? refuse(name)
  if (topic === undefined || topic === '--help' || Object.hasOwn(builtIn, topic)) return print(listCommands())
  return (await load(topic))?.([...others, '--help']) ?? refuse(topic)
}

async function load(name: string) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  return command && loadCommand(name, command.load)
}

/** Node 20 warns of an import of JSON. */
function versionHere(): string {
  return createRequire(import.meta.url)('../package.json').version
}

function print(text: string): 0 {
  stdout.write(`${text}\n`)
  return 0
}

function refuse(typed: string): 2 {
  const names = allCommands().map(({ name }) => name)
  const sentence = explainUnknown('command', typed, names) ?? 'there is no such command'
  stderr.write(`${typed === '' ? '' : `${sentence}\n`}${listCommands()}\n`)
  return 2
}

function listCommands(): string {
  const lines = table(allCommands(), columnsOf(stdout))
  return ['usage: breach-reset COMMAND ...', '', ...lines].join('\n')
}

/** Each command, and what it does. */
function allCommands() {
  const others = Object.entries(builtIn).map(([name, about]) => ({ name, about }))
  return [...Object.entries(commands).map(([name, { does }]) => ({ name, about: does })), ...others]
}
