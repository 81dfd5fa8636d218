import { groupBy } from '../lib/flow/node-20.ts'
import type { Declaration } from './command.ts'
import { fill, table, wrap, wrapCommand } from './lines.ts'

const [MIN_COLUMNS, MAX_COLUMNS] = [60, 80]

/** The help of a command, for a screen of so many columns. */
export function helpPage(command: Declaration, screen: number): string {
  const columns = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, screen))
  const { about, exitCodes, examples } = command
  const section = (title: string, rows: readonly (readonly [string, string])[]) => [
    ...['', title],
    ...table(rows, columns),
  ]
  return [
    ...synopsisLines(command, columns),
    ...about.flatMap((paragraph) => ['', ...wrap('', paragraph, columns)]),
    ...[...groupsOf(command)].flatMap(([title, group]) =>
      section(
        title,
        group.map(({ shown, about }) => [shown, about]),
      ),
    ),
    ...section('exit code', Object.entries(exitCodes)),
    ...['', 'examples'],
    ...examples.flatMap((example) => wrapCommand(example.match(EXAMPLE_PARTS) ?? [], columns)),
  ].join('\n')
}

function groupsOf({ positionals = [], flags }: Declaration) {
  const rows = [
    ...positionals.map(({ name, about }) => ({ group: 'arguments', shown: name, about })),
    ...Object.entries(flags).map(([name, flag]) => ({
      group: flag.group ?? 'options',
      shown: flag.type === 'string' ? `--${name} ${flag.value}` : `--${name}`,
      about: flag.about,
    })),
  ]
  return groupBy(rows, ({ group }) => group)
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
