import { Parser } from 'yargs/helpers'
import type { Declaration, Flag, Flags } from './declaration.ts'
import { helpPage, synopsisLines } from './help.ts'
import { columnsOf } from './lines.ts'
import { explainUnknown } from './suggest.ts'
import { refuse, type Terminal, UsageError } from './terminal.ts'

type TextOf<Given> = Given extends { choices: readonly (infer Choice)[] } ? Choice : string
type ValueOf<Given> = Given extends { type: 'boolean' }
  ? boolean
  : Given extends { multiple: true }
    ? TextOf<Given>[] | undefined
    : Given extends { default: string }
      ? TextOf<Given>
      : TextOf<Given> | undefined

/** What was given for each flag: a boolean is false unless it is given. */
export type FlagValues<Given extends Flags> = { [Name in keyof Given]: ValueOf<Given[Name]> }

/** Runs a command with its arguments. Resolves to the exit code. */
export type Command = {
  (args: readonly string[], terminal?: Terminal): Promise<number>
  declaration: Declaration
  /** Throws a UsageError when the arguments can't be used. */
  check(args: readonly string[]): void
}

/**
 * Makes a command of its declaration. `parse` turns the arguments into the options of `run`, which resolves to the exit code.
 * Both may throw a UsageError.
 */
export function defineCommand<const Given extends Flags, Options>(
  command: Declaration & {
    flags: Given
    parse(values: FlagValues<Given>, positionals: readonly string[]): Options
    run(options: Options, terminal: Terminal): Promise<number>
  },
): Command {
  const { call, flags } = command
  const parse = (args: readonly string[]) => {
    const { values, positionals } = parseArguments(args, flags)
    if (!command.positionals && positionals.length > 0) throw new UsageError(NOT_TAKEN)
    return command.parse(values as FlagValues<Given>, positionals)
  }
  const execute = async (args: readonly string[], terminal: Terminal = process) => {
    const { stdout, stderr } = terminal
    if (args.includes('--help') || args.includes('-h')) {
      stdout.write(`${helpPage(command, columnsOf(stdout))}\n`)
      return 0
    }
    let options: Options
    try {
      options = parse(args)
    } catch (error) {
      const usage = synopsisLines(command, columnsOf(stderr))
      return refuse([usageErrorOf(error), ...usage, `see ${helpCommand(call)}`].join('\n'), terminal)
    }
    try {
      return await command.run(options, terminal)
    } catch (error) {
      return refuse(usageErrorOf(error), terminal)
    }
  }
  return Object.assign(execute, {
    declaration: command,
    check: (args: readonly string[]) => void parse(args),
  })
}

const NOT_TAKEN = 'there is an argument that this command does not take'
const DASHED =
  "options begin with two dashes; if one dash begins a value, join them as --option=VALUE, and put '--' before an argument"

/** Nothing is guessed: no numbers, no `--no-x`, no second spelling of a name. */
const PLAIN = {
  ...{ 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false },
  ...{ 'parse-numbers': false, 'parse-positional-numbers': false },
}

/**
 * Parses flags and other arguments. A UsageError repeats nothing of what was typed but the name of an option: a word in the
 * wrong place may be an e-mail address, and terminals are logged.
 */
function parseArguments(args: readonly string[], flags: Flags) {
  const names = Object.keys(flags)
  const isBoolean = (name: string) => flags[name]?.type === 'boolean'
  const { argv, error } = Parser.detailed([...args], {
    configuration: PLAIN,
    boolean: names.filter(isBoolean),
    string: names.filter((name) => !isBoolean(name)),
    narg: Object.fromEntries(names.map((name) => [name, isBoolean(name) ? 0 : 1])),
  })
  const { _: positionals, ...given } = argv
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(flags, name))
  if (unknown !== undefined) throw new UsageError(explainOption(unknown, args, names))
  // The parser's only errors here are about the number of values, and end with the name of a flag of ours.
  const name = error && /\S+$/.exec(error.message)?.[0]
  if (name) throw new UsageError(`--${name}: ${isBoolean(name) ? 'takes no value' : 'needs a value'}`)
  const values = Object.entries(flags).map(([name, flag]) => [name, readFlag(name, flag, given[name])])
  return { values: Object.fromEntries(values), positionals: positionals.map(String) }
}

function readFlag(name: string, flag: Flag, given: unknown) {
  if (flag.type === 'boolean') return given !== undefined
  if (given === undefined) return flag.default
  const texts = [given].flat().map(String)
  if (texts.some((text) => flag.choices?.includes(text) === false))
    throw new UsageError(`--${name}: must be one of ${flag.choices?.join(', ')}`)
  // The last one counts: `the same command with --resume ...` may have one already.
  return flag.multiple ? texts : texts.at(-1)
}

function explainOption(name: string, args: readonly string[], names: readonly string[]): string {
  const isLong = args.some((arg) => arg.startsWith(`--${name}`))
  return isLong ? (explainUnknown('option', name, names, '--') ?? NOT_TAKEN) : DASHED
}

function usageErrorOf(error: unknown): string {
  if (error instanceof UsageError) return error.message
  throw error
}

/** How to get the help of a command. npx takes a --help before the command as its own. */
function helpCommand(call: string): string {
  const [, name] = /^breach-reset (\S+)$/.exec(call) ?? []
  return name === undefined ? `${call} --help` : `npx --no breach-reset help ${name}`
}
