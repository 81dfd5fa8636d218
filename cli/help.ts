import { groupBy } from '../lib/flow/node-20.ts'
import type { Declaration } from './declaration.ts'
import { fill, table, wrap, wrapCommand } from './lines.ts'

const [MIN_COLUMNS, MAX_COLUMNS] = [60, 80]

/** The help of a command, for a screen of so many columns. */
export function helpPage(command: Declaration, screen: number): string {
  const columns = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, screen))
  const { about, examples } = command
  return [
    ...synopsisLines(command, columns),
    ...about.flatMap((paragraph) => ['', ...wrap('', paragraph, columns)]),
    ...[...sectionsOf(command)].flatMap(([title, rows]) => ['', title, ...table(rows, columns)]),
    ...['', 'examples'],
    ...examples.flatMap((example) => wrapCommand(example.match(EXAMPLE_PARTS) ?? [], columns)),
  ].join('\n')
}

function sectionsOf({ positionals = [], flags, exitCodes }: Declaration) {
  const rows = [
    ...positionals.map(({ name, about }) => ({ title: 'arguments', name, about })),
    ...Object.entries(flags).map(([name, flag]) => ({
      title: flag.group ?? 'options',
      name: flag.type === 'string' ? `--${name} ${flag.value}` : `--${name}`,
      about: flag.about,
    })),
    ...Object.entries(exitCodes).map(([name, about]) => ({ title: 'exit code', name, about })),
  ]
  return groupBy(rows, ({ title }) => title)
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
