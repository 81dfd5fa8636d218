import type { Command } from './terminal.ts'

/** Each command is loaded on demand: the local system takes seconds to load. */
const commands: Record<string, { does: string; load: () => Promise<Command> }> = {
  start: {
    does: 'runs the main job on this machine and shows what happened',
    load: async () => (await import('./start.ts')).start,
  },
  validate: {
    does: 'checks breach events against the contract',
    load: async () => (await import('./validate.ts')).validate,
  },
  send: {
    does: 'puts breach events, or a list of members, on the breach queue',
    load: async () => (await import('./send.ts')).send,
  },
  status: {
    does: 'shows what became of breach events, and follows them',
    load: async () => (await import('./status.ts')).status,
  },
  smoke: {
    does: 'sends a test event, about nobody, through the system and reports what works',
    load: async () => (await import('./smoke.ts')).smoke,
  },
  report: {
    does: 'writes what became of an event, row by row, as a page, CSV or JSON',
    load: async () => (await import('./report.ts')).report,
  },
  redrive: {
    does: 'shows, redrives, splits or deletes dead letters',
    load: async () => (await import('./redrive.ts')).redrive,
  },
  pause: {
    does: 'stops functions from getting messages, which wait',
    load: async () => (await import('./pause.ts')).pause,
  },
  resume: {
    does: 'lets functions get messages again',
    load: async () => (await import('./pause.ts')).resume,
  },
  ledger: {
    does: 'says who is known as reset, and copies rows back after a restore',
    load: async () => (await import('./ledger.ts')).ledger,
  },
}

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? await commands[name]?.load() : undefined

if (command) process.exit(await command(args))
const lines = Object.entries(commands).map(([name, { does }]) => `breach-reset ${name.padEnd(9)} ${does}`)
process.stderr.write(`usage: ${lines.join('\n       ')}\neach with --help\n`)
process.exit(name === '--help' ? 0 : 2)
