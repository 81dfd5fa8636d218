import { refuse } from '../../cli/terminal.ts'
import { type Drill, runDrill } from './drill.ts'
import { mass } from './mass.ts'
import { rehearsed } from './rehearsed.ts'
import { storm } from './storm.ts'

const DRILLS: Record<string, Drill> = { mass, storm, rehearsed }
const USAGE = `usage: npm run drill -- ${Object.keys(DRILLS).join('|')}`

/** Exit code: 0 the goal was met, 1 it was missed, 2 unusable arguments. */
const [name = '', ...others] = process.argv.slice(2)
const drill = Object.hasOwn(DRILLS, name) && others.length === 0 ? DRILLS[name] : undefined
process.exit(drill ? await runDrill(drill) : refuse(USAGE))
