import type { Story } from '../invariants/story.ts'

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
