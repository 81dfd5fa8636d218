import { Readable } from 'node:stream'
import { defineCommand, type FlagValues } from './command.ts'
import { parseCount } from './confirm.ts'
import {
  INPUT_ABOUT,
  INPUT_FILE,
  INPUT_FLAGS,
  type InputOptions,
  parseInputOptions,
} from './input/options.ts'
import { loadInput } from './input/read-input.ts'
import { type ProgressTarget, parseTarget, STACK_FLAGS, stackNameOf } from './progress/progress-target.ts'
import { findResume, isResumeToken } from './send/resume.ts'
import { runSend, type SendOptions, type SendTarget } from './send/run-send.ts'
import { abortWhenInterrupted, INTERRUPTED_CODES, UsageError } from './terminal.ts'

const FLAGS = {
  ...STACK_FLAGS,
  'queue-url': { type: 'string', value: 'URL', about: 'the breach queue, of any account' },
  local: {
    type: 'boolean',
    about:
      'boots the system on this machine with a simulated Stytch that has everyone as a member, sends, and reports how each row ended, and how many sessions',
  },
  'dry-run': {
    type: 'boolean',
    about:
      'sends nothing, and reports what would be sent (unlike --mode dry_run, which is sent and resets nobody)',
  },
  'skip-invalid': { type: 'boolean', about: 'sends the rest when something breaks the contract' },
  wait: {
    type: 'boolean',
    about: 'follows what was sent until all of it is finished, and shows what became of it',
  },
  table: { type: 'string', value: 'NAME', about: 'with --queue-url: the table Progress, to follow it' },
  confirm: {
    type: 'string',
    value: 'N',
    about:
      'sends without asking if there are exactly N members in all; send asks when there are more than the stage takes in one event (with --queue-url it never asks)',
  },
  resume: {
    type: 'string',
    value: 'TOKEN',
    about: 'goes on where an earlier send of the same input stopped; that send printed the token',
  },
  json: {
    type: 'boolean',
    about: 'prints one object: what was read, and for each event whether it is on the queue',
  },
  ...INPUT_FLAGS,
} as const

/**
 * Puts breach events on the breach queue. Exit code 0 all sent, 1 not all, 2 unusable arguments or file, 3 something breaks the
 * contract, 130 interrupted; after --wait also 3 some is dead-lettered or refused, 4 some is open.
 */
export const send = defineCommand({
  call: 'breach-reset send',
  synopsis: [
    'FILE|- (--stage NAME | --stack NAME | --queue-url URL | --local | --dry-run) [--skip-invalid] [--wait] [--json]',
  ],
  about: [
    'Checks breach events and puts them on the breach queue if all of them keep the contract.',
    ...INPUT_ABOUT,
  ],
  positionals: [INPUT_FILE],
  flags: FLAGS,
  exitCodes: {
    0: 'everything is on the queue',
    1: 'not everything is; it prints how to go on',
    2: 'unusable arguments or file; or not confirmed, and nothing was sent',
    3: 'something breaks the contract: nothing was sent, or with --skip-invalid the rest; with --wait: all is finished, and some of it is dead-lettered or was refused',
    4: 'with --wait: some of it is still open, and --wait gave up',
    130: `${INTERRUPTED_CODES[130]}; it prints how to go on`,
  },
  examples: [
    'npx --no breach-reset send event.json --stage prod',
    'npx --no breach-reset send members.csv --reason infostealer --exposed-at 2026-11-18 --breach hibp:ExampleForum2026 --stage prod',
    'npx --no breach-reset send docs/examples/vendors/spycloud.json --from spycloud --local --skip-invalid',
    'cat harvest.ndjson | npx --no breach-reset send - --dry-run',
  ],
  parse,
  async run(options, terminal) {
    const input = await loadInput(options.input, terminal.stdin, Date.now())
    const before = findResume(input.events, options.resume)
    // Who has typed, or piped, the events there can't type a number after them.
    const stdin = options.input.file === '-' ? Readable.from([]) : terminal.stdin
    return abortWhenInterrupted((signal) => runSend(input, before, options, signal, { ...terminal, stdin }))
  },
})

type Options = SendOptions & { input: InputOptions; resume: string | undefined }

function parse(values: FlagValues<typeof FLAGS>, positionals: readonly string[]): Options {
  const input = parseInputOptions(values, positionals)
  const { 'queue-url': queueUrl, local, resume, confirm } = values
  const stack = stackNameOf(values)
  const targets: (SendTarget | '' | undefined)[] = [
    stack && { stackName: stack },
    queueUrl && { queueUrl },
    local ? 'local' : undefined,
    values['dry-run'] ? 'nowhere' : undefined,
  ]
  const [target, ...others] = targets.filter((given) => given !== undefined)
  if (!target || others.length > 0)
    throw new UsageError('say where to: one of --stage, --queue-url, --local and --dry-run')
  if (queueUrl !== undefined && !/^https?:\/\/[^/]/.test(queueUrl))
    throw new UsageError('--queue-url: must be the URL of a queue')
  if (resume !== undefined && !isResumeToken(resume))
    throw new UsageError('--resume: must be a token that send printed')
  if (resume !== undefined && local) throw new UsageError('--resume: not with --local, whose queue is gone')
  const confirmed = parseCount(confirm ?? '')
  if (confirm !== undefined && confirmed === undefined)
    throw new UsageError('--confirm: must be the number of members')
  const progress = parseProgress(values, target)
  const { 'skip-invalid': skipInvalid, wait, json } = values
  return { input, resume, target, progress, wait, skipInvalid, confirmed, json }
}

/** Parses where to follow what was sent. Throws a UsageError when that can't be used, or is needed and not given. */
function parseProgress(
  { stage, stack, table, wait }: FlagValues<typeof FLAGS>,
  target: SendTarget,
): ProgressTarget | undefined {
  if (typeof target === 'string') {
    if (wait || table !== undefined)
      throw new UsageError('--wait and --table: not with --dry-run, nor with --local, which waits anyway')
    return undefined
  }
  if ('stackName' in target && table !== undefined)
    throw new UsageError('--table: only with --queue-url; a stack names its table')
  if ('queueUrl' in target && table === undefined) {
    if (wait) throw new UsageError('--wait: with --queue-url, name the table Progress with --table')
    return undefined
  }
  return parseTarget({ stage, stack, table })
}
