import { defineCommand } from '../../cli/command.ts'
import { UsageError } from '../../cli/terminal.ts'
import { type Drill, runDrill } from './drill.ts'
import { mass } from './mass.ts'
import { rehearsed } from './rehearsed.ts'
import { storm } from './storm.ts'

const DRILLS: Record<string, Drill> = { mass, storm, rehearsed }
const NAMES = Object.keys(DRILLS)

/** `npm run drill`. */
export const drill = defineCommand({
  call: 'npm run drill --',
  synopsis: [NAMES.join('|')],
  about: [
    'Plays an incident on this machine with the commands of the runbook, prints them with what they answer, and says whether the goal was met.',
  ],
  positionals: [{ name: 'DRILL', about: NAMES.join(', '), choices: NAMES }],
  flags: {},
  exitCodes: { 0: 'the goal was met', 1: 'it was missed', 2: 'unusable arguments' },
  examples: NAMES.map((name) => `npm run drill -- ${name}`),
  parse(_values, [name = '', ...others]) {
    const drill = Object.hasOwn(DRILLS, name) && others.length === 0 ? DRILLS[name] : undefined
    if (!drill) throw new UsageError(`say which drill: ${NAMES.join(', ')}`)
    return drill
  },
  run: runDrill,
})

if (import.meta.main) process.exit(await drill(process.argv.slice(2)))
