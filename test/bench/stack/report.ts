import { toTable } from '../figures.ts'
import { memoryOutliers } from '../memory.ts'
import type { StackResult } from './measure-stack.ts'
import type { LambdaUsage, Usage } from './meter.ts'

const fixed = (digits: number) => (value: number) => value.toFixed(digits)
const seconds = fixed(2)
const ratio = fixed(2)
const dollars = fixed(3)
/** The columns that `describeUsage` fills. */
const USAGE_HEAD = 'calls,SQS,writes,reads,invoked,billed ms,$ Lambda,$ SQS,$ ledger'.split(',')
const CALLS_HEAD = ['searches / 100', 'revokes / member', 'read-backs / member']
const TIMEOUTS =
  '  An invocation that times out here might not on AWS: the local DynamoDB handles only a few hundred writes a second.'

/** Formats the result as tables for a terminal of 120 columns, one or two for each part that was measured. */
export function toStackTables({ events, giants, streams, peers, memory, sessions }: StackResult): string[] {
  return [
    ...(events.length > 0 ? [eventTable(events), usageTable(events)] : []),
    ...(giants.length > 0 ? [giantTable(giants)] : []),
    ...(streams.length > 0 ? [streamTable(streams)] : []),
    ...(peers.length > 0 ? [peerTable(peers)] : []),
    ...memory.map(memoryTable),
    ...(sessions.length > 0 ? [sessionsTable(sessions)] : []),
  ]
}

function eventTable(events: StackResult['events']): string {
  const head = ['one event', 'budget/s', 'latency', '', 'seconds', '÷ ideal', 'busiest second', '429s']
  const rows = events.flatMap(({ stageName, budget, latencyMs, members, runs }) =>
    runs.map((run) => [
      `${stageName}, ${members} members`,
      ...[String(budget), `${latencyMs} ms`, run.cold ? 'cold' : 'warm'],
      ...[seconds(run.seconds), ratio(run.ofIdeal), String(run.busiestSecond), String(run.throttled)],
    ]),
  )
  return `From an event to its last reset, one run each; ideal: members ÷ budget. Latency: ± 40 %\n${toTable(head, rows)}`
}

function usageTable(events: StackResult['events']): string {
  const head = ['per member', '', ...USAGE_HEAD]
  const rows = events.flatMap(({ stageName, latencyMs, members, runs }) =>
    runs.map((run) => [
      `${stageName}, ${latencyMs} ms`,
      run.cold ? 'cold' : 'warm',
      ...describeUsage(run, members),
    ]),
  )
  return `Requests to AWS and Stytch per member, and dollars per million. Billed ms exclude cold starts, $ Lambda includes them\n${toTable(head, rows)}`
}

function describeUsage(
  run: Pick<StackResult['streams'][number], 'calls' | 'usage' | 'dollarsPerMillion'>,
  members: number,
): string[] {
  const { calls, usage, dollarsPerMillion } = run
  const { invocations, billedMs } = sumLambda(usage)
  return [
    ...[calls, sumRequests(usage), usage.writeUnits, usage.readUnits, invocations].map((count) =>
      fixed(3)(count / members),
    ),
    fixed(1)(billedMs / members),
    ...[dollarsPerMillion.lambda, dollarsPerMillion.sqs, dollarsPerMillion.ledger].map(dollars),
  ]
}

const sumRequests = ({ sqsRequests }: Usage) =>
  Object.values(sqsRequests).reduce((sum, count) => sum + count, 0)

function sumLambda({ lambda }: Usage): Omit<LambdaUsage, 'initMs'> {
  const functions = Object.values(lambda)
  return {
    invocations: functions.reduce((sum, { invocations }) => sum + invocations, 0),
    timedOut: functions.reduce((sum, { timedOut }) => sum + timedOut, 0),
    billedMs: functions.reduce((sum, { billedMs }) => sum + billedMs, 0),
  }
}

function giantTable(giants: StackResult['giants']): string {
  const head = ['an event of one member', 'latency', 'alone', 'during it', '10 during it: median', 'worst']
  const rows = giants.map(({ stageName, latencyMs, giant, alone, beside, stream }) => [
    `${stageName}, giant event of ${giant.toLocaleString('en')}`,
    `${latencyMs} ms`,
    ...[alone, beside, stream.median, stream.worst].map(seconds),
  ])
  return `Seconds from a small event to its reset, one run\n${toTable(head, rows)}`
}

function streamTable(streams: StackResult['streams']): string {
  const head = ['events of one member', 'median s', 'worst s', ...USAGE_HEAD]
  const rows = streams.map((stream) => [
    `${stream.stageName}, ${stream.eventsPerSecond} a second`,
    ...[seconds(stream.seconds.median), seconds(stream.seconds.worst)],
    ...describeUsage(stream, stream.events),
  ])
  return `A stream of small events, per member and dollars per million\n${toTable(head, rows)}`
}

function peerTable(peers: StackResult['peers']): string {
  const head =
    'peer,seconds,÷ ideal,timeouts,not reset,again,calls,busiest,429s,SQS,writes,reads,$ all'.split(',')
  const rows = peers.map((run) => {
    const { peer, members, usage, dollarsPerMillion } = run
    return [
      `${peer}, ${members} members`,
      ...[
        run.seconds === undefined ? 'not yet' : seconds(run.seconds),
        run.ofIdeal ? ratio(run.ofIdeal) : '-',
      ],
      ...[
        String(sumLambda(usage).timedOut),
        String(run.notReset),
        String(run.calledAgain),
        fixed(2)(run.callsPerMember),
      ],
      ...[String(run.busiestSecond), String(run.throttled)],
      ...[sumRequests(usage), usage.writeUnits, usage.readUnits].map((count) => fixed(3)(count / members)),
      dollars(dollarsPerMillion.total),
    ]
  })
  const hasTimeouts = peers.some(({ usage }) => sumLambda(usage).timedOut > 0)
  return [
    'The peers with one message of as many members, until it is deleted or dead-lettered',
    toTable(head, rows),
    ...(hasTimeouts ? [TIMEOUTS] : []),
  ].join('\n')
}

function sessionsTable(sessions: StackResult['sessions']): string {
  const head = ['one event', 'members', 'reset', 'ended', 'wait: median', 'worst', ...CALLS_HEAD, '$ added']
  const rows = sessions.map((run) => {
    const { search_organizations = 0, search_members = 0, revoke = 0, read_back = 0 } = run.calls
    const per = (people: number, calls: number) => fixed(2)((people * calls) / run.people)
    return [
      `${run.stageName}, ${run.people.toLocaleString('en')} people, ${run.latencyMs} ms`,
      String(run.members),
      ...[run.seconds.toReset, run.seconds.toEnded, run.waits.median, run.waits.worst].map(seconds),
      per(100, search_organizations + search_members),
      ...[revoke, read_back].map((calls) => fixed(2)(calls / run.members)),
      run.addedDollars === undefined ? '-' : dollars(run.addedDollars),
    ]
  })
  return `Seconds from an event until everyone is reset and their sessions have ended, and from reset to end; dollars per million people\n${toTable(head, rows)}`
}

function memoryTable({ stageName, members, fromMembers, processes }: StackResult['memory'][number]): string {
  const from = fromMembers.toLocaleString('en')
  const { above, below } = memoryOutliers(processes)
  const rows = processes.map(({ name, atStart, least, greatest, atEnd }) => [
    name,
    ...[atStart, least, greatest, atEnd].map((bytes) => (bytes / 1024 ** 2).toFixed(0)),
  ])
  return [
    `Memory of each process in MB, stage ${stageName}, with ${members.toLocaleString('en')} members`,
    toTable(['process', `after ${from}`, 'lowest', 'highest', 'at the end'], rows),
    `  ${above} of ${processes.length} rose by more than 10 % after the first ${from}, ${below} fell by more than 10 %.`,
  ].join('\n')
}
