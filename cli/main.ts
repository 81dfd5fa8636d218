#!/usr/bin/env node
import { createRequire } from 'node:module'
import { commands } from './commands.ts'
import { columnsOf, wrap } from './lines.ts'
import { loadCommand } from './missing-part.ts'
import { suggest } from './suggest.ts'

const { argv, stdout, stderr } = process
const [name = '', ...args] = argv.slice(2)
process.exit(await main())

async function main(): Promise<number> {
  const [topic, ...others] = args
  if (name === '--get-yargs-completions') return (await import('./complete.ts')).complete(args, commands)
  if (name === '--version' || name === 'version') return print(versionHere())
  if (['help', '--help', '-h'].includes(name)) {
    if (topic === undefined) return print(listCommands())
    return (await load(topic))?.([...others, '--help']) ?? refuse(topic)
  }
  return (await load(name))?.(args) ?? refuse(name)
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

/** Repeats only a word that looks like a command: it may be an e-mail address that was typed in the wrong place. */
function refuse(typed: string): 2 {
  const meant = suggest(typed, [...Object.keys(commands), 'help', 'version'])
  const unknown = /^[a-z-]+$/.test(typed) ? `unknown command '${typed}'` : 'there is no such command'
  const sentence = `${unknown}${meant === undefined ? '' : `: did you mean ${meant}?`}\n`
  stderr.write(`${typed === '' ? '' : sentence}${listCommands()}\n`)
  return 2
}

function listCommands(): string {
  const columns = columnsOf(stdout)
  return [
    'usage: breach-reset COMMAND ...',
    '',
    ...Object.entries(commands).flatMap(([name, { does }]) => wrap(`  ${name.padEnd(10)}  `, does, columns)),
    '  help        lists the commands, or explains one: help COMMAND',
    '  version     prints the version',
  ].join('\n')
}
