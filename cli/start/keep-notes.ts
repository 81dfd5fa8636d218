import { commandVariables } from '../../infra/local/access.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'
import { wrapCommand } from '../lines.ts'
import { quote } from '../shell.ts'

const COLUMNS = 80
const PLAIN = /^[\w./ -]+$/
const EXAMPLE = 'docs/examples/events/smallest.json'

/**
 * How to reach a running system from another terminal: variables for commands, the AWS CLI and SDKs, and commands to copy. `file`: the
 * event that was sent, if it was somebody's own, named unless its name may be an e-mail address; `eventId`: its id.
 */
export function toKeepNotes(
  system: LocalSystem,
  { file: given = '', eventId }: { file: string | undefined; eventId: string },
): string {
  const { queues, stytch, credentials } = system
  const file = PLAIN.test(given) ? given : EXAMPLE
  const variables = {
    ...commandVariables(system, 'local'),
    STYTCH_PROJECT_ID: credentials.project_id,
    STYTCH_SECRET: credentials.secret,
  }
  const id = eventId.startsWith('-') ? `-- ${quote(eventId)}` : quote(eventId)
  const onStage = (name: string, ...more: string[]) => [
    `npx --no breach-reset ${name}`,
    '--stage local',
    ...more,
  ]
  const commands = [
    onStage(`send ${quote(file)}`, '--wait'),
    onStage('status'),
    onStage('status', id),
    onStage('report', '--out report.html', id),
    onStage('redrive'),
    onStage('redrive', '--go'),
    onStage('pause', '--function require-reset'),
    onStage('resume', '--function require-reset'),
    onStage('smoke'),
    // The AWS CLI, version 1, takes no endpoint of SQS from the environment.
    [
      'aws sqs send-message --endpoint-url $AWS_ENDPOINT_URL_SQS',
      `--queue-url ${queues.breach.url}`,
      `--message-body file://${quote(file)}`,
    ],
    ['curl -su $STYTCH_PROJECT_ID:$STYTCH_SECRET', `${stytch.url}/simulator/members`],
  ]
  return [
    'The system stays up until Ctrl-C and processes what anyone sends. Anyone in it',
    'who is not a member becomes one first, with a password and a session.',
    '',
    'In another terminal, in this folder:',
    '',
    // A profile goes before the variables.
    'unset AWS_PROFILE',
    // The AWS CLI and curl would send addresses and the token to a proxy.
    'export no_proxy=127.0.0.1,$no_proxy,$NO_PROXY',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${value}`),
    '',
    'Then, in any order:',
    '',
    ...commands.flatMap((parts) => wrapCommand(parts, COLUMNS)),
    '',
    `breach queue       ${queues.breach.url}`,
    `dead-letter queue  ${queues.deadLetter.url}`,
    `simulated Stytch   ${stytch.url}/simulator/sessions`,
    '                   also members, calls, faults and passwords',
    '',
    'What becomes of events:',
  ].join('\n')
}
