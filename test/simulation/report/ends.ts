import type { Ask, Trace } from '../invariants/trace.ts'

/** Counts what became of the people who were passed on to end-sessions, and what it met. */
export function countEnds({ run, invocations, asks, messages }: Trace) {
  const { scenario, world } = run
  const all = [...invocations.values()].filter(({ role }) => role === 'end-sessions')
  const outcomes = all.flatMap((invocation) => invocation.outcomes)
  const ended = (is: string, code?: string) =>
    outcomes.filter((line) => line.outcome === is && line.code === code).length
  const letters = all
    .flatMap(({ sent }) => sent)
    .filter(({ queue }) => queue === 'dead-letter')
    .map(({ attributes }) => attributes['failure-code'])
  const lettersOf = (code: string) => letters.filter((one) => one === code).length
  const made = [...asks.values()]
  const passedOn = [...messages.values()].filter(
    ({ queue, by }) => queue === 'sessions' && invocations.get(by)?.role === 'require-reset',
  )
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return {
    'people passed on': sum(passedOn.map(({ rows }) => rows.size)),
    'people whose sessions ended': ended('ended'),
    'people whose sessions had ended': ended('skipped', 'sessions_covered'),
    'people not found by a search': ended('skipped', 'no_member_found'),
    'people deferred by end-sessions': outcomes.filter(({ outcome }) => outcome === 'deferred').length,
    'people searched for again because nobody was found': ended('deferred', 'no_member_found'),
    'people deferred because their sessions were alive': ended('deferred', 'sessions_alive'),
    'letters that sessions are alive': lettersOf('sessions_alive'),
    'letters that sessions did not end': lettersOf('sessions_not_ended'),
    'letters that Stytch refused': lettersOf('sessions_refused'),
    'searches, of both kinds': count(made, ({ endpoint }) => endpoint.startsWith('search')),
    'searches for several people': count(made, ({ people }) => people.length > 1),
    'searches refused for too many values': count(made, ({ answered }) =>
      /exceeded$/.test(answered?.as ?? ''),
    ),
    revocations: count(made, ({ endpoint }) => endpoint === 'revoke'),
    'revocations answered 404': count(made, ({ answered }) => answered?.as === '404 session_not_found'),
    'read-backs': count(made, ({ endpoint }) => endpoint === 'read back'),
    'requests of end-sessions answered 429': count(made, ({ answered }) => /^429/.test(answered?.as ?? '')),
    'sessions ended': sum(made.map(({ revoked }) => revoked)),
    'sessions begun after the start': run.journal.filter(({ what }) => what === 'signed in').length,
    'batches of end-sessions above ten messages': all.filter(({ received }) => received.length > 10).length,
    'outages of an endpoint of end-sessions': scenario.outages.filter(({ at }) => at !== undefined).length,
    'members whose sessions survive for ever': scenario.survivors.filter(
      ({ person, until }) =>
        until > run.world.timeline.now() - world.startedAt && world.stytch.membersOf(person).length > 0,
    ).length,
    'members in trouble of their own': scenario.memberTroubles.length,
    'members forgotten by the index for a while': scenario.memberTroubles.filter(
      ({ as }) => as === 'forgotten',
    ).length,
    'members deleted meanwhile': run.journal.filter(({ what }) => what === 'member deleted').length,
    'sessions exchanged for one in another organization': run.journal.filter(
      ({ what }) => what === 'session exchanged',
    ).length,
    'outages in which the pages of a search do not end': scenario.outages.filter(({ as }) =>
      as.startsWith('pages'),
    ).length,
    'runs without end-sessions': scenario.endSessions ? 0 : 1,
    'runs with small pages': scenario.ways.searchPageSize < 10 ? 1 : 0,
    'runs in which the index is behind': scenario.ways.searchLagMs > 0 ? 1 : 0,
    'runs in which a read-back is behind': scenario.ways.readBackLagMs > 0 ? 1 : 0,
    'runs in which searches for several people take too long': scenario.ways.searchSlowAbove < 10 ? 1 : 0,
    'runs in which searches take few values': scenario.ways.searchFilterLimit < 10 ? 1 : 0,
  }
}

function count(asks: readonly Ask[], isCounted: (ask: Ask) => boolean): number {
  return asks.filter(isCounted).length
}
