import type { Command } from './command.ts'

/** All commands, each loaded on demand: the local system takes seconds to load. */
export const commands: Readonly<Record<string, { does: string; load: () => Promise<Command> }>> = {
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
    does: 'sends a test event, about nobody, and reports what works',
    load: async () => (await import('./smoke.ts')).smoke,
  },
  report: {
    does: 'writes what became of an event as a page, CSV or JSON',
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
    does: 'shows who is known as reset, and restores rows',
    load: async () => (await import('./ledger.ts')).ledger,
  },
  completion: {
    does: 'prints the completion script for bash or zsh',
    load: async () => (await import('./completion.ts')).completion,
  },
}

/** What main.ts does itself. */
export const builtIn = {
  help: 'lists the commands, or explains one: help COMMAND',
  version: 'prints the version',
}
