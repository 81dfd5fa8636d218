import { existsSync } from 'node:fs'
import { defineCommand, type FlagValues } from './command.ts'
import { check } from './ledger/check.ts'
import { restore } from './ledger/restore.ts'
import { say } from './lines.ts'
import { STACK_FLAGS, toStackTarget } from './progress/progress-target.ts'
import { abortWhenInterrupted, INTERRUPTED_CODES, sentenceOf, type Terminal, UsageError } from './terminal.ts'

const FLAGS = {
  ...STACK_FLAGS,
  json: { type: 'boolean', about: 'prints one object' },
  'project-id': {
    type: 'string',
    value: 'ID',
    group: 'check',
    about:
      'the Stytch project; read from the Stytch secret unless given. Ledger key and project are compared with those that the ledger was started with before anything is answered',
  },
  'from-table': { type: 'string', value: 'NAME', group: 'restore', about: 'the restored table' },
  go: {
    type: 'boolean',
    group: 'restore',
    about:
      'copies; without it restore only counts. Pause require-reset and end-sessions first. It can be run again',
  },
} as const

/** Answers who is in the ledger, and copies rows back into it. Exit code 0 done, 1 failed, 2 unusable arguments, 3 not everyone was reset. */
export const ledger = defineCommand({
  call: 'breach-reset ledger',
  synopsis: [
    'check [FILE|-] --stage NAME [--project-id ID] [--json]',
    'restore --from-table NAME --stage NAME [--go] [--json]',
  ],
  about: [
    'check says of each address whether the ledger knows that person as reset, when and for which event, and whether their sessions have ended.',
    'restore copies rows back from a table that was restored to a point in time: those that the ledger lacks or has older ones of. Newer ones stay.',
  ],
  positionals: [
    { name: 'ACTION', about: 'check or restore', choices: ['check', 'restore'] },
    {
      name: 'FILE',
      about:
        "for check: one e-mail address a line; standard input unless a file is given, so that no address is in the shell's history",
    },
  ],
  flags: FLAGS,
  exitCodes: {
    0: 'check: everyone is known as reset, or to have no password; restore: done',
    1: "it can't be read, or ledger, key, project or table don't belong together",
    2: 'unusable arguments or file',
    3: 'check: somebody is not known as reset, or a line is not an address',
    ...INTERRUPTED_CODES,
  },
  examples: [
    'npx --no breach-reset ledger check people.txt --stage prod',
    'npx --no breach-reset ledger restore --from-table Ledger-restored --stage prod',
  ],
  parse,
  run: (action, terminal) => abortWhenInterrupted((signal) => run(action, signal, terminal)),
})

type Action = (signal: AbortSignal, terminal: Terminal) => Promise<number>

function parse(values: FlagValues<typeof FLAGS>, [name, ...files]: readonly string[]): Action {
  const { json, go } = values
  const { 'project-id': projectId, 'from-table': fromTable } = values
  if (name !== 'check' && name !== 'restore') throw new UsageError('say what to do: check or restore')
  const { stackName: stack } = toStackTarget(values)
  if (name === 'restore') {
    if (files.length > 0 || projectId !== undefined)
      throw new UsageError('restore: takes neither a file nor --project-id')
    if (fromTable === undefined || !/^[\w.-]{3,255}$/.test(fromTable))
      throw new UsageError('--from-table: must be the name of the restored table')
    return (signal, terminal) => restore({ stack, fromTable, go, json }, signal, terminal)
  }
  const [file = '-', ...others] = files
  if (fromTable !== undefined || go) throw new UsageError('--from-table and --go: only with restore')
  // An address may have been typed in place of a file.
  if (others.length > 0 || (file.includes('@') && !existsSync(file)))
    throw new UsageError('check: give one file, or - for standard input; addresses belong in it')
  if (projectId !== undefined && !/^project-(live|test)-[\w-]+$/.test(projectId))
    throw new UsageError('--project-id: must be the id of a Stytch project, project-live-… or project-test-…')
  return (signal, terminal) => check({ stack, file, projectId, json }, signal, terminal)
}

async function run(action: Action, signal: AbortSignal, terminal: Terminal): Promise<number> {
  try {
    return await action(signal, terminal)
  } catch (error) {
    if (error instanceof UsageError && !signal.aborted) throw error
    say(terminal.stderr, signal.aborted ? 'interrupted: the same command goes on' : sentenceOf(error))
    return 1
  }
}
