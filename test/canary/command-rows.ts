import { INDISCREET, MEMBER, STRANGER } from '../leaks/planted.ts'

/** Which action AWS refuses, and the name of its error; the error's message quotes everything. */
export type RefusedAction = { action: string; errorType: string }

/**
 * What is typed, as `<command> ...`, and what the command must print then. `{...}` stands for something that exists in a run only:
 * queues, and files by their content. `spawned`: runs as a process of its own instead of in this one. `until`: it gets SIGTERM
 * once it has printed this.
 */
type CommandRow = {
  typed: readonly string[]
  says: RegExp
  refused?: RefusedAction
  spawned?: true
  until?: string
}

const QUEUES = ['redrive', '--from', '{dead letters}', '--to', '{breach queue}']
const REDRIVE = [...QUEUES, '--functions', 'AIDATESTER00000000000']
const refused = (action: string, errorType: string) => ({ action, errorType })

const LIST = ['{a list}', '--reason', 'phished', '--exposed-at', '2026-11-18']
const TO_QUEUE = ['--queue-url', '{breach queue}', '--skip-invalid']

const CHECK = ['ledger', 'check', '{people}', '--stage', 'swept']

const NOT_TAKEN = /an argument that .* does not take/

/** Every command, with unusable arguments, with good ones, and refused by AWS. A new command needs rows here. */
export const COMMAND_ROWS: readonly CommandRow[] = [
  { typed: [MEMBER], says: /usage: /, spawned: true },
  { typed: ['completion', MEMBER], says: /say for which shell/ },
  { typed: ['redrive', MEMBER], says: NOT_TAKEN },
  { typed: ['redrive', `--${MEMBER}=${STRANGER}`], says: NOT_TAKEN },
  { typed: ['redrive', `--go=${MEMBER}`], says: /--go: takes no value/ },
  { typed: ['redrive', '--code', MEMBER, '--stage', ''], says: /say which queues/ },
  { typed: ['redrive', '--from', MEMBER, '--to', STRANGER], says: /--from: must be the URL/ },
  { typed: [...QUEUES, '--event', MEMBER], says: /--event: must be/ },
  { typed: [...QUEUES, '--source', MEMBER], says: /--source: must be/ },
  { typed: [...QUEUES, '--code', MEMBER], says: /--code: must be/ },
  { typed: [...QUEUES, '--older-than', MEMBER], says: /--older-than: must be/ },
  { typed: [...QUEUES, '--limit', MEMBER], says: /--limit: must be/ },
  { typed: [...QUEUES, '--split', '--confirm', MEMBER], says: /--confirm: must be/ },
  { typed: [...QUEUES, '--functions', MEMBER], says: /--functions: must be/ },
  { typed: QUEUES, says: /no reason is believed/ },
  { typed: REDRIVE, says: /unproven/, spawned: true },
  { typed: [...REDRIVE, '--show'], says: / {2}members k…@leak.example\n/ },
  { typed: [...REDRIVE, '--show', '--json'], says: /"addresses": \[\n +"k…@leak.example"/ },
  { typed: [...REDRIVE, '--show', '--reveal'], says: /kanari/ },
  { typed: [...REDRIVE, '--split'], says: /impossible: not an event, or one person has more rows than fit/ },
  { typed: REDRIVE, says: /ReceiveMessage failed/, refused: refused('ReceiveMessage', MEMBER) },
  {
    typed: [...REDRIVE, '--go'],
    says: /SendMessage failed/,
    refused: refused('SendMessageBatch', `KMS.${INDISCREET}`),
  },
  { typed: [...REDRIVE, '--go', '--json'], says: /"code": "no_reason_given"/ },
  { typed: [...REDRIVE, '--code', 'not_json', '--delete'], says: / not_json\n +[1-9]\d* deleted, 0 left/ },
  { typed: ['smoke', MEMBER, '--local'], says: NOT_TAKEN },
  { typed: ['smoke', `-${MEMBER}`, '--local'], says: /options begin with two dashes/ },
  { typed: ['smoke', '--local', '--timeout', MEMBER], says: /--timeout: must be/ },
  { typed: ['smoke', '--stage', 'swept', '--timeout', '1'], says: /FAILED: no_line waits_on_breach_queue/ },
  {
    typed: ['smoke', '--stage', 'swept', '--json'],
    says: /"sentence": "sqs:SendMessage failed/,
    refused: refused('SendMessage', INDISCREET),
  },
  { typed: ['status', MEMBER, '--stage', 'swept'], says: /the event id must be/ },
  { typed: ['status', 'x', '--source', MEMBER, '--stage', 'swept'], says: /--source: must be/ },
  { typed: ['status', '--table', MEMBER], says: /--table: must be/ },
  { typed: ['status', '--stage', MEMBER], says: /--stage: must be/ },
  { typed: ['status', '--stage', 'swept'], says: /event-of-a-sweep/ },
  { typed: ['status', 'event-of-a-sweep', '--stage', 'swept'], says: /FINISHED, with dead letters: / },
  {
    typed: ['status', '--stage', 'swept'],
    says: /dynamodb:Query failed/,
    refused: refused('Query', INDISCREET),
  },
  { typed: ['pause', MEMBER, '--stage', 'swept'], says: NOT_TAKEN },
  { typed: ['pause', '--stage', 'swept', '--function', MEMBER], says: /--function: must be one of fan-out/ },
  { typed: ['pause', '--stage', 'swept'], says: /paused: fan-out/ },
  { typed: ['pause', '--stage', 'swept', '--function', 'end-sessions'], says: /has no end-sessions/ },
  { typed: ['status', '--stage', 'swept'], says: /paused: fan-out/ },
  {
    typed: ['resume', '--stage', 'swept', '--json'],
    says: /"failure": "lambda:UpdateEventSourceMapping failed/,
    refused: refused('UpdateEventSourceMapping', INDISCREET),
  },
  { typed: ['resume', '--stack', MEMBER], says: /--stack: must be/ },
  { typed: ['resume', '--stage', 'swept'], says: /resumed: fan-out/ },
  {
    typed: ['status', '--stage', 'swept'],
    says: /paused: not known \(lambda:GetEventSourceMapping failed/,
    refused: refused('GetEventSourceMapping', INDISCREET),
  },
  { typed: ['validate', MEMBER], says: /there is no such file/ },
  { typed: ['validate', '{an event}', '--from', MEMBER], says: /--from: must be/ },
  { typed: ['validate', '{not_json}'], says: /a list in CSV needs both/ },
  { typed: ['validate', '{an event}'], says: /data.members.2.email_address: must be/ },
  { typed: ['validate', '{an event}', '--json'], says: /"field": "data.members.3"/ },
  { typed: ['validate', '{a record}', '--from', 'spycloud'], says: /valid: 1 event/ },
  { typed: ['validate', '{a record}'], says: /read it with --from spycloud/ },
  { typed: ['validate', '{a record}', '--from', 'enzoic'], says: /read it with --from spycloud/ },
  {
    typed: ['validate', '{a record}', '--from', 'hibp', '--domain', MEMBER, '--breaches', MEMBER],
    says: /--domain: must be/,
  },
  { typed: ['validate', ...LIST], says: /line 4: row: must have/ },
  { typed: ['validate', ...LIST, '--id', MEMBER], says: /--id: must be/ },
  { typed: ['send', MEMBER, STRANGER], says: /give one file/ },
  { typed: ['send', '{an event}', '--queue-url', MEMBER], says: /--queue-url: must be/ },
  { typed: ['send', '{an event}', '--stage', 'swept', '--confirm', MEMBER], says: /--confirm: must be/ },
  { typed: ['send', ...LIST, '--queue-url', '{breach queue}'], says: /nothing was sent/ },
  { typed: ['send', ...LIST, ...TO_QUEUE], says: /sent 1 of 1 event / },
  { typed: ['send', '{an event}', ...TO_QUEUE, '--json'], says: /"status": "sent"/ },
  {
    typed: ['send', ...LIST, ...TO_QUEUE],
    says: /sqs:SendMessage failed/,
    refused: refused('SendMessageBatch', INDISCREET),
  },
  { typed: ['send', '{a record}', '--from', 'spycloud', '--local'], says: /1 {2}reset/ },
  { typed: ['report', MEMBER, STRANGER], says: /give the id of one event/ },
  { typed: ['report', MEMBER], says: /say which stage/ },
  { typed: ['report', MEMBER, '--table', STRANGER], says: /--table: must be/ },
  { typed: ['report', 'swept', '--table', 'Progress', '--people', MEMBER, '--csv'], says: /needs --out/ },
  {
    typed: ['report', 'swept', '--table', 'Progress', '--out', `nowhere/${MEMBER}`],
    says: /no such directory/,
  },
  { typed: ['report', 'event-of-a-sweep', '--stage', 'swept', '--csv'], says: /0,dead_lettered,timeout,/ },
  {
    typed: ['report', 'event-of-a-sweep', '--stage', 'swept', '--out', 'x.html', '--people', '{an event}'],
    says: /--people: has no event of this source and id/,
  },
  {
    typed: ['report', MEMBER, '--source', STRANGER, '--stage', 'swept', '--json'],
    says: /there is no event of that source and id/,
  },
  { typed: ['ledger', MEMBER, '--stage', 'swept'], says: /say what to do/ },
  { typed: ['ledger', 'check', MEMBER, '--stage', 'swept'], says: /addresses belong in it/ },
  { typed: ['ledger', 'check', '--project-id', MEMBER, '--stage', 'swept'], says: /--project-id: must be/ },
  { typed: ['ledger', 'restore', '--from-table', MEMBER, '--stage', 'swept'], says: /--from-table: must be/ },
  { typed: CHECK, says: /1 of 2 known as reset; 1 line could/ },
  { typed: [...CHECK, '--json'], says: /"known_as_reset": 1/ },
  {
    typed: CHECK,
    says: /dynamodb:BatchGetItem failed/,
    refused: refused('BatchGetItem', INDISCREET),
  },
  { typed: [...CHECK, '--project-id', 'project-live-x'], says: /of another Stytch project/ },
  { typed: ['ledger', 'restore', '--from-table', 'Copy', '--stage', 'swept'], says: /Nothing was changed/ },
  { typed: ['start', `--${MEMBER}`], says: NOT_TAKEN },
  { typed: ['start', '--report', `nowhere/${MEMBER}`], says: /--report: there is no such directory/ },
  { typed: ['start', '--members', MEMBER], says: /--members: must be/ },
  { typed: ['start', MEMBER, STRANGER], says: /takes one event file/ },
  { typed: ['start', '{no file}'], says: /there is no such file/ },
  { typed: ['start', '{not_json}'], says: /not_json: body: is not JSON/ },
  {
    typed: ['start', '{an event}', '--keep'],
    says: /invalid_member: \(no address\)/,
    spawned: true,
    until: 'breach-reset pause',
  },
]
