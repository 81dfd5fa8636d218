import { start, USAGE } from './start.ts'

const commands: Record<string, (args: readonly string[]) => Promise<number>> = { start }
const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined

if (command) process.exit(await command(args))
process.stderr.write(`${USAGE}\n`)
process.exit(name === '--help' ? 0 : 2)
