import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { BreachEvent } from '../../lib/contract/breach-event.ts'
import { INPUT_FLAGS, INPUT_USAGE, type InputOptions, parseInputOptions } from '../input/input.ts'
import { explainArguments } from '../terminal.ts'

/** Where to send to; `nowhere` for a dry run. */
export type SendTarget = { stackName: string } | { queueUrl: string } | 'local' | 'nowhere'

export type SendOptions = {
  input: InputOptions
  target: SendTarget
  skipInvalid: boolean
  resume: string | undefined
  json: boolean
}

/** Reads the words behind `breach-reset send`. Returns a sentence when they can't be used. */
export function parseSendOptions(args: readonly string[]): SendOptions | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...INPUT_FLAGS,
        stage: { type: 'string' },
        stack: { type: 'string' },
        'queue-url': { type: 'string' },
        local: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        'skip-invalid': { type: 'boolean', default: false },
        resume: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const { stage, stack = stage && `BreachReset-${stage}`, 'queue-url': queueUrl, local, resume } = values
    const targets = [
      stack && { stackName: stack },
      queueUrl && { queueUrl },
      local && 'local',
      values['dry-run'] && 'nowhere',
    ]
    const [target, ...others] = targets.filter((given) => given !== undefined)
    if (!target || others.length > 0)
      return { wrong: 'say where to: one of --stage, --queue-url, --local and --dry-run' }
    if (queueUrl !== undefined && !/^https?:\/\/[^/]/.test(queueUrl))
      return { wrong: '--queue-url: must be the URL of a queue' }
    if (resume !== undefined && !/^[1-9]\d*-[0-9a-f]{12}$/.test(resume))
      return { wrong: '--resume: must be a token that send printed' }
    if (resume !== undefined && local) return { wrong: '--resume: not with --local, whose queue is gone' }
    const input = parseInputOptions(values, positionals)
    if ('wrong' in input) return input
    return {
      input,
      target: target as SendTarget,
      skipInvalid: values['skip-invalid'],
      resume,
      json: values.json,
    }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}

export const SEND_USAGE = `usage: breach-reset send FILE|- (--stage NAME | --queue-url URL | --local | --dry-run) [--skip-invalid] [--json]

Checks breach events and puts them on the breach queue, if all of them keep the contract.
${INPUT_USAGE}

  --stage NAME           the deployed stage: stack BreachReset-<stage>, with the AWS CLI's credentials and region
  --stack NAME           the stack, when it is not BreachReset-<stage>
  --queue-url URL        the breach queue, of any account
  --local                boots the system on this machine, makes everybody a member of a simulated Stytch, sends, and says what
                         became of them
  --dry-run              sends nothing, and says what would be sent (--mode dry_run is another thing: sent, and nobody reset)
  --skip-invalid         sends the rest when something breaks the contract
  --resume TOKEN         goes on where an earlier send of the same input stopped, which printed the token
  --json                 one object: what was read, and for each event whether it is on the queue

exit code 0: everything is on the queue
          1: not everything is; it says how to go on
          2: unusable arguments or file
          3: something breaks the contract: nothing was sent, or with --skip-invalid the rest
        130: interrupted with Ctrl-C, 128 + signal by another; it says how to go on

  breach-reset send event.json --stage prod
  breach-reset send members.csv --reason infostealer --exposed-at 2026-11-18 --breach hibp:ExampleForum2026 --stage prod
  breach-reset send docs/examples/vendors/spycloud.json --from spycloud --local --skip-invalid
  cat harvest.ndjson | breach-reset send - --dry-run`

const CHANGED =
  '--resume: the input is not what it was, so nobody can tell who was sent: send all of it again, without --resume; whoever has been reset since exposed_at is not reset again'

/** How many events of an input were sent before, by the token that was printed then. Returns a sentence when it is another input. */
export function findResume(
  events: readonly BreachEvent[],
  token: string | undefined,
): number | { wrong: string } {
  const count = token === undefined ? 0 : Number.parseInt(token, 10)
  const isSame = count === 0 || resumeToken(events.slice(0, count)) === token
  return isSame ? count : { wrong: CHANGED }
}

/** Names the first events of an input, by how many they are and what is in them, so that a send can go on behind them. */
export function resumeToken(events: readonly BreachEvent[]): string {
  const hash = createHash('sha256')
  for (const event of events) hash.update(JSON.stringify(event))
  return `${events.length}-${hash.digest('hex').slice(0, 12)}`
}
