import { INVARIANTS } from '../invariants/invariants.ts'
import { readBody, type Story } from '../invariants/story.ts'
import { FAULTS_AT, type FaultKind, type Step } from '../scenario/arbitrary.ts'
import type { Run } from '../world/play.ts'
import type { Entry } from '../world/world.ts'
import type { Hits, Tally } from './run.ts'

type Counts = { [name: string]: unknown }

/** Adds the numbers of `more` to those of the same place in `sum`, at any depth; lists are joined. */
export function addCounts(sum: Counts, more: Counts): void {
  for (const [name, value] of Object.entries(more)) {
    const there = sum[name]
    if (typeof value === 'number') sum[name] = Number(there ?? 0) + value
    else if (Array.isArray(value)) sum[name] = [...(Array.isArray(there) ? there : []), ...value]
    else {
      const inner = (there ?? {}) as Counts
      sum[name] = inner
      addCounts(inner, value as Counts)
    }
  }
}

const HOUR_MS = 3_600_000

/** How often a run met what is no fault of one step. */
export function countSituations({ run, invocations, calls, messages }: Story): Record<string, number> {
  const { scenario, journal } = run
  const all = [...invocations.values()]
  const received = all.flatMap((invocation) => invocation.received)
  const sent = [...messages.values()]
  const count = (...what: string[]) => journal.filter((entry) => what.includes(entry.what)).length
  const lettered = (code: string) =>
    sent.filter(({ attributes }) => attributes['failure-code'] === code).length
  const answered = (as: string) =>
    [...calls.values()].filter((call) => call.answered?.as.startsWith(as)).length
  const events = sent.filter(({ queue, json }) => queue === 'breach' && json)
  const byPerson = Map.groupBy(
    events.flatMap(({ json, rows }) => [...rows.keys()].map((person) => ({ person, event: json?.id }))),
    ({ person }) => person,
  )
  return {
    'batches of several records': all.filter((invocation) => invocation.received.length > 1).length,
    'messages delivered again': received.filter(({ receives }) => receives > 1).length,
    'messages that SQS moved after five receives': count('moved to the dead-letter queue by SQS'),
    'events sent again by their producer': scenario.produced.flatMap(({ copies }) => copies).length,
    'people named by several events': [...byPerson.values()].filter(
      (namings) => new Set(namings.map(({ event }) => event)).size > 1,
    ).length,
    'events from a clock that is off': scenario.produced.filter(({ clockOff }) => clockOff !== 0).length,
    'events of sources that are not allowed': lettered('source_not_allowed'),
    'events in a mode that their source may not have': lettered('mode_not_allowed'),
    'events beyond the hour of their source': lettered('over_hourly_limit'),
    'messages counted': count('remembered'),
    'processes killed': count('crashed'),
    'invocations ended by their timeout': all.filter(({ crashed }) => crashed?.why === 'timeout').length,
    'brownouts of AWS': scenario.brownouts.length,
    'bad deploys': scenario.badDeploys.length,
    'outages of Stytch': scenario.outages.length,
    'outages of an hour or more': scenario.outages.filter(({ lasts }) => lasts >= HOUR_MS).length,
    'calls answered 429': answered('429'),
    'calls not answered': answered('timeout') + answered('connection_lost'),
    'calls with a key that was rotated': answered('401'),
    'people sent on because a ledger row is owed': sent.filter(
      ({ queue, body }) => queue === 'reset' && body.includes('"owed"'),
    ).length,
    'dead letters redriven days later': sent.filter(({ by }) => by.startsWith('redrive')).length,
    'passwords chosen by members': count('chose a password'),
  }
}

/** The fault × step that struck least. */
export function rarestHit(hits: Hits): { step: Step; fault: string; count: number } {
  const steps = Object.keys(FAULTS_AT) as Step[]
  const all = steps.flatMap((step) =>
    FAULTS_AT[step].map((fault) => ({ step, fault, count: hits[step]?.[fault] ?? 0 })),
  )
  return all.reduce((least, hit) => (hit.count < least.count ? hit : least))
}

const COLUMNS: FaultKind[] = [
  'crash before',
  'crash after',
  'refused',
  'unanswered',
  'swallowed',
  'partial',
  'never taken',
  'sent twice',
  'slow',
  'throttled',
  'unusable',
  'delivered again',
]
const FIRST = 22
const WIDTH = 11

/** Each fault × each step, with how often it struck; `-` where it can't. */
function toHitTable(hits: Hits): string[] {
  const heads = [0, 1].map((line) =>
    row(
      '',
      COLUMNS.map((kind) => kind.split(' ')[line] ?? ''),
    ),
  )
  const steps = Object.keys(FAULTS_AT) as Step[]
  return [
    ...heads,
    ...steps.map((step) =>
      row(
        step,
        COLUMNS.map((kind) => cell(step, kind)),
      ),
    ),
  ]

  function cell(step: Step, kind: FaultKind): string {
    const faults: readonly FaultKind[] = FAULTS_AT[step]
    return faults.includes(kind) ? String(hits[step]?.[kind] ?? 0) : '-'
  }
}

function row(first: string, cells: readonly string[]): string {
  return `  ${first.padEnd(FIRST)}${cells.map((text) => text.padStart(WIDTH)).join('')}`
}

/** The causes that the promise names: docs/contract.md, "Sending again". */
const CAUSES = ['crash', 'unanswered', 'at the same moment', 'not written', 'overwritten'] as const

/** The printed summary of many seeds; its last line says it all. */
export function toSummary(tally: Tally, first: number): string {
  const { seeds, events, members, calls, resets, hits, situations, repeats, violations } = tally
  const inside = CAUSES.reduce((sum, cause) => sum + (repeats[cause] ?? 0), 0)
  const kills = situations['processes killed'] ?? 0
  const broken = Map.groupBy(violations, ({ invariant }) => invariant)
  const { step, fault, count } = rarestHit(hits)
  return [
    'How often each fault struck at each step of the two functions',
    ...toHitTable(hits),
    '',
    'What else happened',
    ...Object.entries(situations).map(([name, times]) => line(name, times)),
    '',
    'People reset again, by what had become of the call before',
    ...Object.entries(repeats).map(([cause, times]) => line(cause, times)),
    '',
    'Promises, and how often one was broken',
    ...Object.keys(INVARIANTS).map((name) => line(name, broken.get(name as never)?.length ?? 0)),
    '',
    `The rarest: "${fault}" at "${step}", ${count} times.`,
    `Seeds ${first} to ${first + seeds - 1}: ${events} events with ${members} members, ${calls} calls, ${resets} resets, ${kills} processes killed; ${inside} repeats inside the window, ${violations.length} violations.`,
  ].join('\n')
}

function line(name: string, count: number): string {
  return `  ${String(count).padStart(9)}  ${name}`
}

/** The journal of a run as lines: seconds after the start, and what happened. People are numbers. */
export function toTrace({ journal, world }: Run): string[] {
  return journal
    .filter(({ what }) => what !== 'said')
    .map((entry) => {
      const seconds = ((entry.at - world.startedAt) / 1000).toFixed(3).padStart(12)
      return `${seconds}  ${describe(entry)}`
    })

  function describe(entry: Entry): string {
    switch (entry.what) {
      case 'sent': {
        const { json, rows, bad } = readBody(entry.body, world.people.named)
        const who = [...rows.keys(), ...(bad > 0 ? [`${bad} bad rows`] : [])].join(' ')
        const why = entry.attributes['failure-code'] ? ` (${entry.attributes['failure-code']})` : ''
        const delay = entry.delaySeconds > 0 ? `, visible after ${entry.delaySeconds} s` : ''
        return `${entry.by} sent ${entry.message}: ${json ? `${json.id} of ${who}` : 'no event'}${why}${delay}`
      }
      case 'invoked': {
        const received = entry.received.map(({ message, receives }) => `${message} (receive ${receives})`)
        return `${entry.invocation} on ${entry.fresh ? 'the new ' : ''}${entry.environment} received ${received.join(', ')}`
      }
      case 'page read':
        return `${entry.invocation} read the ledger: ${entry.resets.map(([who, at]) => `${who} ${at ? `reset at ${seconds(at)}` : 'not reset'}`).join(', ')}`
      case 'called':
        return `${entry.invocation} called ${entry.person} (call ${entry.call})`
      case 'reached Stytch':
        return `call ${entry.call} reached Stytch${entry.effect ? ': password reset' : ''}`
      case 'answered':
        return `call ${entry.call} ended with ${entry.as}`
      case 'row stored':
        return `${entry.invocation} wrote ${entry.person} ${entry.kind}${Number.isNaN(entry.resetAt) ? '' : ` at ${seconds(entry.resetAt)}`}`
      case 'counted':
        return `${entry.invocation} counted ${entry.members} members of ${entry.name}`
      case 'remembered':
        return `${entry.invocation} remembered ${entry.message}`
      case 'outcome':
        return `${entry.invocation} logged ${entry.line.outcome} ${entry.line.code ?? ''}`
      case 'fault':
      case 'brownout':
        return `${entry.what.toUpperCase()} ${entry.fault} at "${entry.step}"`
      case 'never taken by AWS':
        return `${entry.step}: ${entry.why}`
      case 'crashed':
        return `${entry.environment} died: ${entry.why}`
      case 'ended':
        return `${entry.invocation} answered${entry.failures.length > 0 ? `, failed: ${entry.failures.join(', ')}` : ''}`
      case 'acknowledged':
        return `${entry.invocation}: deleted ${entry.messages.join(', ') || 'nothing'}`
      case 'chose a password':
        return `${entry.person} chose a new password`
      default:
        return entry.what === 'said'
          ? entry.text
          : `${entry.message} was moved to the dead-letter queue by SQS`
    }
  }

  function seconds(at: number): string {
    return ((at - world.startedAt) / 1000).toFixed(3)
  }
}
