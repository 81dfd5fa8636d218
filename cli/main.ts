import { REDRIVE_USAGE } from './redrive/parse-redrive-options.ts'
import { redrive } from './redrive.ts'
import { SMOKE_USAGE } from './smoke/parse-smoke-options.ts'
import { smoke } from './smoke.ts'
import { start, USAGE } from './start.ts'

const commands: Record<string, (args: readonly string[]) => Promise<number>> = { redrive, smoke, start }
const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined

if (command) process.exit(await command(args))
process.stderr.write(`${[USAGE, REDRIVE_USAGE, SMOKE_USAGE].join('\n\n')}\n`)
process.exit(name === '--help' ? 0 : 2)
