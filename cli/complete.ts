import yargs, { type Argv } from 'yargs'
import type { Command } from './command.ts'
import { builtIn, type commands as Commands } from './commands.ts'

/** Prints what may follow the words of a command line, the last of which is being typed; a completion script reads it. */
export async function complete(words: readonly string[], commands: typeof Commands): Promise<number> {
  const typed = words.find((word) => Object.hasOwn(commands, word))
  // Without the packages of a command, only its name is completed.
  const command = typed === undefined ? undefined : await commands[typed]?.load().catch(() => undefined)
  const completing = yargs(['--get-yargs-completions', ...words])
    .help(false)
    .version(false)
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false })
  for (const [name, { does }] of Object.entries(commands)) {
    const positionals = command?.declaration.positionals ?? []
    const call = [name, ...(name === typed ? positionals.map(({ name }) => `[${name}]`) : [])].join(' ')
    completing.command(call, does, (builder) =>
      command && name === typed ? declare(builder, command) : builder,
    )
  }
  completing.command('help [COMMAND]', builtIn.help, (builder) =>
    builder.positional('COMMAND', { type: 'string', choices: Object.keys(commands) }),
  )
  await completing.command('version', builtIn.version).parse()
  return 0
}

function declare(builder: Argv, { declaration: { positionals = [], flags } }: Command): Argv {
  for (const { name, about, choices } of positionals)
    builder.positional(name, { type: 'string', describe: about, ...(choices && { choices }) })
  for (const [name, flag] of Object.entries(flags)) {
    const choices = flag.type === 'string' && flag.choices
    builder.option(name, { type: flag.type, describe: flag.about, ...(choices && { choices }) })
  }
  return builder
}
