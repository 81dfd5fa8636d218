import { Readable } from 'node:stream'
import { parseCount } from './confirm.ts'
import { INPUT_FLAGS, INPUT_USAGE, type InputOptions, parseInputOptions } from './input/options.ts'
import { loadInput } from './input/read-input.ts'
import { type ProgressTarget, parseTarget, stackNameOf } from './progress/progress-target.ts'
import { findResume, isResumeToken } from './send/resume.ts'
import { runSend, type SendOptions, type SendTarget } from './send/run-send.ts'
import { abortWhenInterrupted, defineCommand, type FlagValues, UsageError } from './terminal.ts'

const USAGE = `usage: breach-reset send FILE|- (--stage NAME | --queue-url URL | --local | --dry-run) [--skip-invalid] [--wait] [--json]

Checks breach events and puts them on the breach queue if all of them keep the contract.
${INPUT_USAGE}

  --stage NAME           the deployed stage: stack BreachReset-<stage>, with the AWS CLI's credentials and region
  --stack NAME           the stack, when it is not BreachReset-<stage>
  --queue-url URL        the breach queue, of any account
  --local                boots the system on this machine with a simulated Stytch that has everyone as a member, sends, and
                         reports how each row ended, and how many sessions
  --dry-run              sends nothing, and reports what would be sent (unlike --mode dry_run, which is sent and resets nobody)
  --wait                 follows what was sent until all of it is finished, and shows what became of it
  --table NAME           with --queue-url: the table Progress, to follow it
  --confirm N            sends N members, if there are so many, without asking; send asks when there are more in all than the stage
                         takes in one event (with --stage or --stack; --queue-url does not say)
  --skip-invalid         sends the rest when something breaks the contract
  --resume TOKEN         resumes where an earlier send of the same input stopped; that send printed the token
  --json                 one object: what was read, and for each event whether it is on the queue

exit code 0: everything is on the queue
          1: not everything is; it prints how to resume
          2: unusable arguments or file; or not confirmed, and nothing was sent
          3: something breaks the contract: nothing was sent, or with --skip-invalid the rest; with --wait: all is finished, and
             some of it is dead-lettered or was refused
          4: with --wait: some of it is still open, and --wait gave up
        130: interrupted with Ctrl-C, 128 + signal by another; it prints how to resume

  breach-reset send event.json --stage prod
  breach-reset send members.csv --reason infostealer --exposed-at 2026-11-18 --breach hibp:ExampleForum2026 --stage prod
  breach-reset send docs/examples/vendors/spycloud.json --from spycloud --local --skip-invalid
  cat harvest.ndjson | breach-reset send - --dry-run`

const FLAGS = {
  ...INPUT_FLAGS,
  stage: { type: 'string' },
  stack: { type: 'string' },
  'queue-url': { type: 'string' },
  table: { type: 'string' },
  local: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  'skip-invalid': { type: 'boolean', default: false },
  wait: { type: 'boolean', default: false },
  resume: { type: 'string' },
  confirm: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/**
 * Puts breach events on the breach queue. Exit code 0 all sent, 1 not all, 2 unusable arguments or file, 3 something breaks the
 * contract, 130 interrupted; after --wait also 3 some is dead-lettered or refused, 4 some is open.
 */
export const send = defineCommand({
  name: 'send',
  usage: USAGE,
  flags: FLAGS,
  positionals: true,
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
  const { 'queue-url': queueUrl, local, resume, confirm } = values
  const stack = stackNameOf(values)
  const targets: (SendTarget | '' | false | undefined)[] = [
    stack && { stackName: stack },
    queueUrl && { queueUrl },
    local && 'local',
    values['dry-run'] && 'nowhere',
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
  const input = parseInputOptions(values, positionals)
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
