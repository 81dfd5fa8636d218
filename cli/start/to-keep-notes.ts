import { endpointVariables } from '../../infra/local/create-clients.ts'
import type { LocalSystem } from '../../infra/local/local-system.ts'

/** How to reach the running system with the AWS CLI or an SDK. */
export function toKeepNotes({ endpoints, queues, stytch }: LocalSystem): string {
  const variables = {
    ...endpointVariables(endpoints),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  }
  return [
    'The system stays up until Ctrl-C and processes what anyone sends.',
    '',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${value}`),
    '',
    `breach queue       ${queues.breach.url}`,
    `dead-letter queue  ${queues.deadLetter.url}`,
    `simulated Stytch   ${stytch.url}/simulator/members  (also /simulator/calls, /simulator/faults, /simulator/passwords)`,
    '',
    'Send an event, and redrive the dead letters:',
    `  aws sqs send-message --queue-url ${queues.breach.url} --message-body file://event.json`,
    `  aws sqs start-message-move-task --source-arn ${queues.deadLetter.arn} --destination-arn ${queues.breach.arn}`,
    '',
  ].join('\n')
}
