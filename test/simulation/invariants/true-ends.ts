import { runsOf } from './runs.ts'
import { type EntryOf, type Invocation, KEPT_AS_SENT, type Message, type Trace } from './trace.ts'

export type Lane = 'reset' | 'sessions'

/**
 * How a row of a run ended in an invocation, by what is in the log, in the ledger and on the dead-letter queue, such as `reset` or
 * `skipped covered`. Of several `ends` nobody can tell which one it was. `isKept`: the invocation came to its end, the record did not fail
 * and no fact was lost, so that a fact has to say it.
 */
export type Settled = {
  run: string
  row: number
  lane: Lane
  ends: readonly string[]
  /** Place in the journal by which it was true. */
  since: number
  isKept: boolean
}

/** That fan-out took a message, or refused it, with one of these codes. */
export type Admitted = { run: string; as: 'accepted' | readonly string[]; since: number; isKept: boolean }
type PassedOn = { run: string; row: number; since: number; isKept: boolean }

export type TrueEnds = {
  settled: readonly Settled[]
  admitted: readonly Admitted[]
  passedOn: readonly PassedOn[]
  /** Runs that an invocation handled which has lost a fact or an outcome event, and counted it. */
  losing: ReadonlySet<string>
}

const cache = new WeakMap<Trace, TrueEnds>()

/** What really became of the rows of all runs. */
export function trueEndsOf(trace: Trace): TrueEnds {
  const known = cache.get(trace)
  if (known) return known
  const invocations = [...trace.invocations.values()]
  const stored = Map.groupBy(
    invocations.flatMap((invocation) => invocation.stored),
    ({ person }) => person,
  )
  const admitted = invocations.flatMap((invocation) => admittedBy(trace, invocation))
  const accepted = new Set(admitted.flatMap(({ run, as }) => (as === 'accepted' ? [run] : [])))
  const ends: TrueEnds = {
    admitted,
    settled: [
      ...admitted.flatMap((admission) => endedAtOnce(trace, admission, accepted.has(admission.run))),
      ...invocations.flatMap((invocation) => unsendableIn(trace, invocation)),
      ...invocations.flatMap((invocation) => settledBy(trace, invocation, stored)),
    ],
    passedOn: invocations.flatMap(passedOnBy),
    losing: new Set(invocations.filter(hasLost).flatMap(runsIn)),
  }
  cache.set(trace, ends)
  return ends
}

function hasLost({ measured }: Invocation): boolean {
  return measured.some(({ name }) => name === 'ProgressLost')
}

/** The run that a message belongs to. */
export function runOf({ queue, message, json }: Message): string {
  return queue === 'breach' ? message : (json?.resetrun ?? '')
}

function runsIn({ messages }: Invocation): string[] {
  return messages.map(runOf)
}

/** Whether a fact has to say what became of a message. */
function isKept(invocation: Invocation, { message }: Message): boolean {
  const { failures } = invocation
  return failures !== undefined && !failures.includes(message) && !hasLost(invocation)
}

const OF_ROWS = ['invalid_member', 'unsendable']
const isOfRows = ({ attributes }: Message) => OF_ROWS.includes(attributes['failure-code'] ?? '')

/** Nobody can tell to which of several messages with one event in a batch a dead letter of the whole event belongs. */
function admittedBy(trace: Trace, invocation: Invocation): Admitted[] {
  if (invocation.role !== 'fan-out') return []
  const { messages, sent } = invocation
  return messages.flatMap((message): Admitted[] => {
    const run = message.message
    const own = sent.filter(({ json }) => json?.resetrun === run && runsOf(trace).has(run))
    const parts = own.filter((part) => part.queue === 'reset' || isOfRows(part))
    if (parts.length > 0)
      return [{ run, as: 'accepted', since: parts[0]?.index ?? 0, isKept: isKept(invocation, message) }]
    const same = messages.filter(({ json, body }) =>
      json ? json.id === message.json?.id : body === message.body,
    )
    const letters = sent.filter(
      (letter) =>
        letter.queue === 'dead-letter' &&
        (letter.body === message.body || (letter.json && letter.json.id === message.json?.id)),
    )
    const [first] = letters
    if (!first) return []
    const as = letters.map(({ attributes }) => attributes['failure-code'] ?? '')
    const isAlone = same.length === 1
    return [{ run, as, since: first.index, isKept: isKept(invocation, message) && isAlone }]
  })
}

/**
 * What ends when an event is accepted or refused. Of a body that breaks the contract no row is read. When an event is refused that was
 * accepted in an earlier delivery of its message, its people go their way all the same.
 */
function endedAtOnce(
  trace: Trace,
  { run: name, as, since, isKept }: Admitted,
  wasAccepted: boolean,
): Settled[] {
  const run = runsOf(trace).get(name)
  if (!run) return []
  const of = (rows: readonly (number | undefined)[], ends: readonly string[], must: boolean): Settled[] =>
    rows.flatMap((row) =>
      row === undefined ? [] : [{ run: name, row, lane: 'reset' as const, ends, since, isKept: must }],
    )
  if (as === 'accepted')
    return [
      ...of(run.bad, ['dead_lettered invalid_member'], isKept),
      ...of(run.duplicates, ['skipped duplicate'], isKept),
    ]
  const codes = as.filter((code) => !KEPT_AS_SENT.includes(code))
  if (codes.length === 0) return []
  const ends = codes.map((code) => `dead_lettered ${code}`)
  return of(run.indices, ends, isKept && !wasAccepted)
}

function unsendableIn(trace: Trace, invocation: Invocation): Settled[] {
  const letters = invocation.sent.filter(({ attributes }) => attributes['failure-code'] === 'unsendable')
  return letters.flatMap(({ json, rows, index }) => {
    const run = runsOf(trace).get(json?.resetrun ?? '')
    return [...rows.keys()].flatMap((person): Settled[] => {
      const row = run?.indexOf.get(person)
      if (!run || row === undefined) return []
      return [
        {
          ...{
            run: run.message.message,
            row,
            lane: 'reset',
            ends: ['dead_lettered unsendable'],
            since: index,
          },
          isKept: isKept(invocation, run.message),
        },
      ]
    })
  })
}

type Stored = EntryOf<'row stored'>

/** Someone whom several messages of the batch name, for one event, has as many lines in the log, and nobody can tell which is whose. */
function settledBy(
  { run: { world } }: Trace,
  invocation: Invocation,
  stored: ReadonlyMap<string, readonly Stored[]>,
): Settled[] {
  const { role, messages, outcomes } = invocation
  if (role === 'fan-out') return []
  const lane = role === 'end-sessions' ? 'sessions' : 'reset'
  const lines = Map.groupBy(
    outcomes.filter(({ person }) => person !== undefined),
    ({ event_source, event_id, person = '' }) => `${event_source} ${event_id} ${world.people.keyed(person)}`,
  )
  return messages.flatMap((message) =>
    [...message.rows].flatMap(([person, [first]]): Settled[] => {
      const own = lines.get(`${message.json?.id} ${person}`) ?? lettersOf(invocation, message, person)
      const ended = own.filter(({ outcome }) => outcome !== 'deferred')
      const row = first?.row_index
      if (ended.length === 0 || typeof row !== 'number') return []
      const rows = (stored.get(person) ?? []).filter(({ kind }) => kind === lane)
      const ends = ended.flatMap((line) => endsOf(line, rows, message.json?.id ?? ''))
      return [
        {
          ...{ run: runOf(message), row, lane, ends, since: Math.min(...ended.map(({ index }) => index)) },
          isKept: isKept(invocation, message) && ended.length === own.length,
        },
      ]
    }),
  )
}

type Line = Pick<Invocation['outcomes'][number], 'outcome' | 'code' | 'index'>

/** As long as the ledger key can't be read, the log names nobody. */
function lettersOf({ sent }: Invocation, message: Message, person: string): Line[] {
  return sent
    .filter(
      ({ queue, rows, json }) => queue === 'dead-letter' && rows.has(person) && json?.id === message.json?.id,
    )
    .map(({ attributes, index }) => ({ outcome: 'dead_lettered', code: attributes['failure-code'], index }))
}

const COVERED = ['covered', 'sessions_covered']

/** Someone who is covered by a row of the same event is what that row says. */
function endsOf({ outcome, code = '', index }: Line, stored: readonly Stored[], event: string): string[] {
  if (outcome === 'reset' || outcome === 'ended') return [outcome]
  const covering = COVERED.includes(code) ? stored.filter((row) => row.index < index) : []
  if (covering.length === 0) return [`${outcome} ${code}`]
  const ofRow = (row: Stored) => {
    if (row.event !== event) return `${outcome} ${code}`
    if (row.kind === 'sessions') return 'ended'
    return row.outcome === 'reset' ? 'reset' : `skipped ${row.outcome}`
  }
  return [...new Set(covering.map(ofRow))]
}

function passedOnBy(invocation: Invocation): PassedOn[] {
  const { role, sent, messages } = invocation
  if (role !== 'require-reset') return []
  const isWhole = messages.every((message) => isKept(invocation, message))
  return sent
    .filter(({ queue }) => queue === 'sessions')
    .flatMap((message) =>
      [...message.rows.values()].flatMap(([first]) =>
        typeof first?.row_index === 'number'
          ? [{ run: runOf(message), row: first.row_index, since: message.index, isKept: isWhole }]
          : [],
      ),
    )
}

const BEST_FIRST = [
  'reset',
  'ended',
  'skipped no_password',
  'skipped covered',
  'skipped sessions_covered',
  'skipped not_a_member',
  'skipped',
  'dead_lettered',
]

/** The lower the better. */
export function rankOf(end: string): number {
  const exact = BEST_FIRST.indexOf(end)
  return exact === -1 ? BEST_FIRST.indexOf(end.split(' ')[0] ?? '') : exact
}

/** An end, as a fact has it, in the words of `Settled`. */
export function textOf({ kind, code }: { kind: string; code: string }): string {
  return kind === 'reset' || kind === 'ended' ? kind : `${kind} ${code}`
}
