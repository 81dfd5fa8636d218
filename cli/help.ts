import yargs from 'yargs'
import type { Declaration } from './command.ts'
import { fill, wrap, wrapCommand } from './lines.ts'

const [MIN_COLUMNS, MAX_COLUMNS] = [60, 80]

/** The help of a command, for a screen of so many columns. */
export async function helpPage(command: Declaration, screen: number): Promise<string> {
  const columns = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, screen))
  const { about, positionals = [], flags, exitCodes, examples } = command
  const page = yargs([])
    .help(false)
    .version(false)
    .wrap(columns)
    .updateStrings({ 'Positionals:': 'arguments' })
  for (const { name, about } of positionals) page.option(name, { group: 'arguments', describe: about })
  for (const [name, flag] of Object.entries(flags)) {
    const shown = flag.type === 'string' ? `${name} ${flag.value}` : name
    page.option(shown, { group: flag.group ?? 'options', describe: flag.about })
  }
  const codes = Object.entries(exitCodes).flatMap(([code, about]) =>
    wrap(`  ${code.padStart(3)}  `, about, columns),
  )
  return [
    ...synopsisLines(command, columns),
    ...about.flatMap((paragraph) => ['', ...wrap('', paragraph, columns)]),
    '',
    await page.getHelp(),
    '',
    'exit code',
    ...codes,
    '',
    'examples',
    ...examples.flatMap((example) => wrapCommand(example.match(EXAMPLE_PARTS) ?? [], columns)),
  ].join('\n')
}

/** A flag or a redirection stays with what belongs to it. */
const EXAMPLE_PARTS = /--[\w-]+ [^-\s'|>]\S*|--[\w-]+ '[^']*'|> \S+|\S+/g

/** How a command is typed. A flag stays with its value, and what is optional with its brackets. */
export function synopsisLines(
  { call, synopsis }: Pick<Declaration, 'call' | 'synopsis'>,
  columns: number,
): string[] {
  return synopsis.flatMap((line, index) => {
    const parts = line.match(/\[[^\]]+\]|\(?--[\w-]+ [A-Z_]+\)?|\S+/g) ?? []
    return fill(`${index === 0 ? 'usage:' : '      '} ${call} `, parts, columns)
  })
}
