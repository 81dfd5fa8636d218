import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import type { Command } from '../../cli/command.ts'
import { ledger } from '../../cli/ledger.ts'
import { pause, resume } from '../../cli/pause.ts'
import { redrive } from '../../cli/redrive.ts'
import { send } from '../../cli/send.ts'
import { smoke } from '../../cli/smoke.ts'
import { status } from '../../cli/status.ts'
import { validate } from '../../cli/validate.ts'
import { runCli } from './run-cli.ts'
import { runCommand } from './run-command.ts'

const commands: Record<string, Command> = { ledger, pause, redrive, resume, send, smoke, status, validate }

const REFUSALS: [command: string, args: string[], sentence: string][] = [
  ['validate', [], 'give one file, or - for standard input'],
  ['validate', ['canary', 'canary@x.example'], 'give one file, or - for standard input'],
  ['validate', ['-', '--no'], "unknown option '--no'"],
  ['send', [], 'give one file, or - for standard input'],
  ['validate', ['-', '--canary@x.example'], 'there is an argument that this command does not take'],
  ['validate', ['-', '--from', 'canary'], '--from: must be one of spycloud, enzoic, hibp, push-security'],
  [
    'validate',
    ['-', '--from', 'hibp', '--domain', 'canary.example'],
    '--domain and --breaches: give both, and --from hibp',
  ],
  [
    'validate',
    ['-', '--domain', 'x', '--breaches', 'canary'],
    '--domain and --breaches: give both, and --from hibp',
  ],
  [
    'validate',
    ['-', '--from', 'hibp', '--domain', 'canary@x.example', '--breaches', 'x'],
    '--domain: must be a domain, such as customer.example',
  ],
  [
    'validate',
    ['-', '--from', 'hibp', '--domain', 'https://x.example', '--breaches', 'x'],
    '--domain: must be a domain, such as customer.example',
  ],
  [
    'validate',
    ['-', '--members-per-event', '0'],
    '--members-per-event: must be a whole number from 1 to 10000',
  ],
  [
    'validate',
    ['-', '--members-per-event', '10001'],
    '--members-per-event: must be a whole number from 1 to 10000',
  ],
  ['send', ['--stage', 'prod'], 'give one file, or - for standard input'],
  ['send', ['x.csv'], 'say where to: one of --stage, --queue-url, --local and --dry-run'],
  ['send', ['x.csv', '--stage', ''], 'say where to: one of --stage, --queue-url, --local and --dry-run'],
  [
    'send',
    ['x.csv', '--local', '--dry-run'],
    'say where to: one of --stage, --queue-url, --local and --dry-run',
  ],
  [
    'send',
    ['x.csv', '--stage', 'prod', '--queue-url', 'https://sqs.example/q'],
    'say where to: one of --stage, --queue-url, --local and --dry-run',
  ],
  ['send', ['x.csv', '--queue-url', 'canary@x'], '--queue-url: must be the URL of a queue'],
  [
    'send',
    ['x.csv', '--stage', 'prod', '--resume', 'canary@x'],
    '--resume: must be a token that send printed',
  ],
  [
    'send',
    ['x.csv', '--local', '--resume', '1:0123456789ab'],
    '--resume: not with --local, whose queue is gone',
  ],
  [
    'send',
    ['x.csv', '--queue-url', 'https://sqs.example/q', '--wait'],
    '--wait: with --queue-url, name the table Progress with --table',
  ],
  [
    'send',
    ['x.csv', '--local', '--wait'],
    '--wait and --table: not with --dry-run, nor with --local, which waits anyway',
  ],
  [
    'send',
    ['x.csv', '--stage', 'prod', '--table', 'canary'],
    '--table: only with --queue-url; a stack names its table',
  ],
  ['send', ['x.csv', '--stage', 'prod', '--confirm', 'canary'], '--confirm: must be the number of members'],
  ['status', [], 'say which stage: --stage NAME, --stack NAME or --table NAME'],
  ['status', ['--stage', ''], 'say which stage: --stage NAME, --stack NAME or --table NAME'],
  [
    'status',
    ['--stage', 'prod', '--table', 'canary'],
    'say which stage: --stage NAME, --stack NAME or --table NAME',
  ],
  ['status', ['--table', 'canary@x.example'], '--table: must be the name or the ARN of a DynamoDB table'],
  [
    'status',
    ['canary@x.example', '--stage', 'prod'],
    'the event id must be printable ASCII without spaces, "@" or "%", as in the event',
  ],
  [
    'status',
    ['x', '--source', 'canary@x.example', '--stage', 'prod'],
    '--source: must be printable ASCII without spaces, "@" or "%", as in the event',
  ],
  ['status', ['x', 'canary', '--stage', 'prod'], 'give one event id, or none for the latest events'],
  [
    'status',
    ['--watch', '--stage', 'prod'],
    '--source and --watch: only with an event id, which status alone lists',
  ],
  ['status', ['x', '--limit', '1', '--stage', 'prod'], '--limit and --canaries: not with an event id'],
  ['status', ['--limit', 'canary', '--stage', 'prod'], '--limit: must be a whole number from 1 to 999'],
  ['redrive', ['canary@x.example'], 'there is an argument that this command does not take'],
  ['redrive', ['--go=canary@x.example'], '--go: takes no value'],
  ['redrive', ['--nonsense=canary'], "unknown option '--nonsense'"],
  ['redrive', ['--evnet', 'canary'], "unknown option '--evnet': did you mean --event?"],
  ['redrive', ['--event', '--go'], '--event: needs a value'],
  ['redrive', ['--no-go', '--stage', 'prod'], "unknown option '--no-go'"],
  ['redrive', ['--stage', 'prod', '--go', 'true'], 'there is an argument that this command does not take'],
  ['redrive', ['--olderThan', '3d'], 'there is an argument that this command does not take'],
  ['redrive', ['--_=canary@x.example'], 'there is an argument that this command does not take'],
  ['redrive', ['--__proto__.x=canary'], 'there is an argument that this command does not take'],
  ['redrive', ['--get-yargs-completions', 'canary'], "unknown option '--get-yargs-completions'"],
  [
    'redrive',
    ['--stage', 'prod', '--event', '-canary'],
    "options begin with two dashes; if one dash begins a value, join them as --option=VALUE, and put '--' before an argument",
  ],
  ['redrive', [`--${'canary'.repeat(7)}`], 'there is an argument that this command does not take'],
  ['redrive', ['--', '--go'], 'there is an argument that this command does not take'],
  ['redrive', ['--go'], 'say which queues: --stage NAME, or --from URL and --to URL'],
  ['redrive', ['--stage', ''], 'say which queues: --stage NAME, or --from URL and --to URL'],
  [
    'redrive',
    ['--stage', 'prod', '--from', 'http://q.example/1', '--to', 'http://q.example/2'],
    'say which queues: --stage NAME, or --from URL and --to URL',
  ],
  ['redrive', ['--from', 'canary', '--to', 'http://q.example/1'], '--from: must be the URL of a queue'],
  ['redrive', ['--from', 'http://q.example/1', '--to', 'canary'], '--to: must be the URL of a queue'],
  [
    'redrive',
    ['--stage', 'prod', '--go', '--delete', '--code', 'x'],
    '--show, --go, --delete and --split: give one of them',
  ],
  [
    'redrive',
    ['--stage', 'prod', '--delete', '--limit', '5'],
    '--delete: say which with --code, --event, --source, --older-than or --newer-than',
  ],
  ['redrive', ['--stage', 'prod', '--code', 'canary@x.example'], '--code: must be a reason as it is printed'],
  [
    'redrive',
    ['--stage', 'prod', '--event', 'canary@x'],
    '--event: must be printable ASCII without spaces, "@" or "%", as in the event',
  ],
  [
    'redrive',
    ['--stage', 'prod', '--older-than', 'canary'],
    '--older-than: must be an age, such as 30m, 12h or 3d',
  ],
  ['redrive', ['--stage', 'prod', '--limit', 'canary'], '--limit: must be a whole number from 1'],
  [
    'redrive',
    ['--stage', 'prod', '--split', '--confirm', 'canary'],
    '--confirm: must be a whole number from 1',
  ],
  ['redrive', ['--stage', 'prod', '--confirm', '1'], '--confirm: only with --split'],
  ['redrive', ['--stage', 'prod', '--reveal'], '--reveal: only with --show'],
  ['redrive', ['--stage', 'prod', '--rehearsed', '--split'], '--split: not with --rehearsed'],
  [
    'redrive',
    ['--stage', 'prod', '--functions', 'AROAFANOUT00000000000'],
    '--functions: only with --from and --to; a stack names its own',
  ],
  [
    'redrive',
    ['--from', 'http://q.example/1', '--to', 'http://q.example/2', '--functions', 'canary@x'],
    '--functions: must be ids of roles, AROA..., with commas between them',
  ],
  ['pause', [], 'say which stage: --stage NAME or --stack NAME'],
  ['resume', ['--stage', ''], 'say which stage: --stage NAME or --stack NAME'],
  [
    'pause',
    ['--stage', 'prod', '--function', 'fan-out', '--function', 'canary'],
    '--function: must be one of fan-out, require-reset, end-sessions',
  ],
  ['pause', ['canary', '--stage', 'prod'], 'there is an argument that this command does not take'],
  ['ledger', ['--stage', 'prod'], 'say what to do: check or restore'],
  ['ledger', ['canary', '--stage', 'prod'], 'say what to do: check or restore'],
  ['ledger', ['check'], 'say which stage: --stage NAME or --stack NAME'],
  [
    'ledger',
    ['check', 'canary@x.example', '--stage', 'prod'],
    'check: give one file, or - for standard input; addresses belong in it',
  ],
  ['ledger', ['check', '--go', '--stage', 'prod'], '--from-table and --go: only with restore'],
  [
    'ledger',
    ['check', '--project-id', 'canary', '--stage', 'prod'],
    '--project-id: must be the id of a Stytch project, project-live-… or project-test-…',
  ],
  ['ledger', ['restore', '--stage', 'prod'], '--from-table: must be the name of the restored table'],
  [
    'ledger',
    ['restore', 'canary', '--from-table', 'copy', '--stage', 'prod'],
    'restore: takes neither a file nor --project-id',
  ],
  ['smoke', [], 'say what to check: --stage NAME, --stack NAME or --local'],
  ['smoke', ['--stage', ''], 'say what to check: --stage NAME, --stack NAME or --local'],
  ['smoke', ['--local', '--stage', 'prod'], '--local: not with --stage or --stack'],
  ['smoke', ['--stage', 'prod', '--timeout', '0'], '--timeout: must be whole seconds from 1 to 9999'],
  ['smoke', ['--stage', 'prod', '--timeout', 'canary'], '--timeout: must be whole seconds from 1 to 9999'],
  ['smoke', ['--stage', 'canary@x.example'], '--stage: must be letters, digits and dashes'],
  ['smoke', ['--stack', 'canary@x.example'], '--stack: must be the name or the ARN of a stack'],
  ['smoke', ['canary'], 'there is an argument that this command does not take'],
]

describe('a command with arguments that it cannot use', () => {
  it.each(REFUSALS)(
    '%s %j: exit code 2, the reason and the usage, and nothing of what was typed',
    async (name, args, sentence) => {
      const { code, stdout, stderr } = await runCommand(commands[name] as Command, args)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr.split('\n')[0]).toBe(sentence)
      expect(stderr).toContain(`usage: breach-reset ${name} `)
      expect(stderr).toMatch(new RegExp(`\nsee npx --no breach-reset help ${name}\n$`))
      expect(stderr).not.toContain('canary')
    },
  )
})

it.each([
  [['sned'], "unknown command 'sned': did you mean send?"],
  [['stauts'], "unknown command 'stauts': did you mean status?"],
  [['redeploy'], "unknown command 'redeploy'"],
  [['canary@x.example'], 'there is no such command'],
  [['help', 'canary@x.example'], 'there is no such command'],
  [[], 'usage: breach-reset COMMAND ...'],
])('%j: exit code 2, what was meant, and the commands', async (args, sentence) => {
  const { code, stdout, stderr } = await runCli(args, tmpdir())
  expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', sentence])
  for (const name of Object.keys(commands)) expect(stderr).toMatch(new RegExp(`^ {2}${name} +\\w`, 'm'))
  expect(stderr).not.toContain('canary')
})
