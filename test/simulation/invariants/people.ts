import { type Call, findRepeats, type Invocation, type Message, ruleOf, type Story } from './story.ts'

/**
 * At the end nobody of an accepted event has a password from before its fence, unless a letter says so, or Stytch knows better:
 * a suspended organization, a dry run.
 */
export function nobodyIsLost({ run, messages }: Story): string[] {
  const { world, deployment } = run
  const all = [...messages.values()]
  const lettered = new Set(
    all
      .filter(({ queue }) => queue === 'dead-letter')
      .flatMap(({ json, rows }) => [...rows.keys()].map((person) => `${json?.id} ${person}`)),
  )
  for (const entry of run.journal) {
    if (entry.what !== 'moved to the dead-letter queue by SQS') continue
    const moved = messages.get(entry.message)
    for (const person of moved?.rows.keys() ?? []) lettered.add(`${moved?.json?.id} ${person}`)
  }
  return all
    .filter(({ queue, json }) => queue === 'breach' && json && json.data.mode !== 'dry_run')
    .flatMap(({ json, rows, at }) => {
      if (!json || deployment.stage.mode === 'dry_run' || ruleOf(run, json)?.isDry) return []
      const fence = Math.min(Date.parse(json.data.exposed_at ?? json.time), at)
      return [...rows.keys()].flatMap((person) => {
        const password = world.stytch.password(Number(person.slice(1)))
        const isStolen = password?.state === 'usable' && password.setAt < fence
        return isStolen && !lettered.has(`${json.id} ${person}`)
          ? [`${person} of ${json.id} still has the stolen password`]
          : []
      })
    })
}

/**
 * In an invocation without a failure everybody of every message has exactly one end, and the log says which:
 * as many letters and people sent on as it tells of, and never more ends than messages.
 */
export function oneEndEach({ invocations, run }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) => {
    const { role, acknowledged, failures, messages, outcomes } = invocation
    const isWhole = acknowledged && failures?.length === 0 && messages.every(({ json }) => json)
    const isNamed = outcomes.every(({ person }) => person !== undefined)
    return role === 'require-reset' && isWhole && isNamed ? judge(invocation) : []
  })

  function judge({ invocation, messages, sent, outcomes }: Invocation): string[] {
    const sentTo = (queue: string) =>
      countPeople(sent.filter((message) => message.queue === queue && !message.copy))
    const [deferred, lettered] = [sentTo('reset'), sentTo('dead-letter')]
    const told = Map.groupBy(
      outcomes,
      ({ event_source, event_id, person = '' }) =>
        `${event_source} ${event_id} ${run.world.people.keyed(person)}`,
    )
    return [...countPeople(messages)].flatMap(([who, expected]) => {
      const lines = told.get(who) ?? []
      const saying = (outcome: string) => lines.filter((line) => line.outcome === outcome).length
      const [on, dead] = [deferred.get(who) ?? 0, lettered.get(who) ?? 0]
      const isRight =
        lines.length === expected &&
        on + dead <= expected &&
        on === saying('deferred') &&
        dead === saying('dead_lettered')
      return isRight
        ? []
        : [
            `${invocation}: ${who} is in ${expected} messages, was sent on ${on} times and dead-lettered ${dead} times, and the log has ${lines.length} ends`,
          ]
    })
  }
}

/** How many of the messages name each person of each event. */
function countPeople(messages: readonly Message[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { json, rows } of messages) {
    for (const person of rows.keys()) {
      const who = `${json?.id} ${person}`
      counts.set(who, (counts.get(who) ?? 0) + 1)
    }
  }
  return counts
}

/**
 * Nobody is called before the ledger was read, nor when it held a reset since the fence at that moment, or when one was
 * written or answered earlier in the same invocation. A person in several messages may be called for any of them.
 */
export function neverWhenCovered({ invocations }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) =>
    invocation.calls
      .filter((call) => isCovered(call, invocation))
      .map((call) => `${invocation.invocation} called ${call.person}, whose reset was in the ledger`),
  )
}

function isCovered({ person, index }: Call, invocation: Invocation): boolean {
  const page = invocation.pages.find((read) => read.resets.some(([who]) => who === person))
  if (!page || page.index > index) return true
  const read = page.resets.find(([who]) => who === person)?.[1] ?? Number.NEGATIVE_INFINITY
  const written = invocation.stored
    .filter((row) => row.index < index && row.person === person && row.kind === 'reset')
    .map(({ resetAt }) => resetAt)
  const answered = invocation.calls
    .filter((call) => call.person === person && call.answered?.as === 'reset' && call.answered.index < index)
    .map(({ at }) => at)
  const known = Math.max(read, ...written, ...answered)
  const fences = invocation.messages
    .filter(({ rows }) => rows.has(person))
    .map(({ json }) => Date.parse(json?.fence ?? ''))
  return fences.every((fence) => known >= fence)
}

/**
 * Somebody is reset again only where the promise says so: after a crash or an unanswered call, when neither ledger nor queue
 * took the row, or when two messages name one person at the same moment (also with an exposure that ends in it: ADR 006). A crash repeats no more people than may be unrecorded.
 */
export function repeatsHaveACause(story: Story): string[] {
  const repeats = findRepeats(story)
  const wrong = repeats
    .filter(({ cause }) => cause === 'none')
    .map(({ call }) => `${call.invocation} reset ${call.person} again, and should have known`)
  const crashed = repeats.filter(({ cause }) => cause === 'crash')
  const bound = story.run.deployment.settings.maxUnrecorded
  for (const [invocation, people] of Map.groupBy(crashed, ({ earlier }) => earlier.invocation)) {
    const count = new Set(people.map(({ call }) => call.person)).size
    if (count > bound) wrong.push(`the crash of ${invocation} repeated ${count} people, not at most ${bound}`)
  }
  return wrong
}

/**
 * At no moment has an invocation reset more people than the bound without their rows being in the ledger, or owed in a message
 * sent on. What it gives back, because neither ledger nor queue took it, is counted as `not written` when it is repeated.
 */
export function fewUnrecorded({ run, calls, messages, invocations }: Story): string[] {
  const open = new Map<string, Set<string>>()
  const bound = run.deployment.settings.maxUnrecorded
  const wrong: string[] = []
  for (const entry of run.journal) {
    if (entry.what === 'reached Stytch' && entry.effect) {
      const { environment = '', person = '' } = calls.get(entry.call) ?? {}
      const people = open.get(environment) ?? new Set()
      open.set(environment, people.add(person))
      if (people.size > bound) wrong.push(`${environment} has reset ${people.size} people without a record`)
    }
    if (entry.what === 'crashed') open.delete(entry.environment)
    if (entry.what === 'ended' && entry.failures.length > 0)
      open.delete(invocations.get(entry.invocation)?.environment ?? '')
    if (entry.what === 'answered' && entry.as !== 'reset') close(calls.get(entry.call)?.person)
    if (entry.what === 'row stored') close(entry.person)
    if (entry.what === 'sent') for (const person of owedIn(messages.get(entry.message))) close(person)
  }
  return wrong

  function close(person: string | undefined): void {
    for (const people of open.values()) people.delete(person ?? '')
  }
}

function owedIn(message: Message | undefined): string[] {
  const rows = [...(message?.rows ?? [])]
  return rows.filter(([, own]) => own.some((row) => row.owed)).map(([person]) => person)
}

const CODES = ['source_not_allowed', 'mode_not_allowed', 'over_limit', 'over_hourly_limit']

/**
 * When a whole event is dead-lettered for its source, its mode or its size, nobody of that message was forwarded before. (Not so
 * when SQS delivers a message twice at the same moment: neither invocation knows of the other.)
 */
export function refusedResetNobody({ invocations }: Story): string[] {
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  return all.flatMap((invocation) =>
    invocation.sent
      .filter(({ attributes }) => CODES.includes(attributes['failure-code'] ?? ''))
      .flatMap((letter) => forwardedBefore(letter, invocation)),
  )

  function forwardedBefore(letter: Message, invocation: Invocation): string[] {
    const [origin, ...others] = sameEvent(letter, invocation)
    if (!origin || others.length > 0) return []
    return all
      .filter(({ overAt = Number.POSITIVE_INFINITY }) => overAt < invocation.at)
      .filter((earlier) => {
        const [only, ...more] = sameEvent(letter, earlier)
        return only?.message === origin.message && more.length === 0
      })
      .flatMap(({ sent }) => sent)
      .filter(({ queue, json }) => queue === 'reset' && json?.id === origin.json?.id)
      .map(({ message }) => `${letter.message} says that nobody was reset, and ${message} was forwarded`)
  }
}

const sameEvent = ({ json }: Message, { messages }: Invocation) =>
  messages.filter((message) => message.json?.id === json?.id)
