import type { OutcomeLine } from '../../../lib/observability/observe.ts'
import type { Entry, QueueName, Role } from '../world/journal.ts'
import type { Run } from '../world/play.ts'

/** The journal of a run, arranged by message, invocation and call. */
export type Trace = {
  run: Run
  messages: ReadonlyMap<string, Message>
  invocations: ReadonlyMap<string, Invocation>
  /** The requests to require_reset. */
  calls: ReadonlyMap<number, Call>
  /** The requests to the other endpoints. */
  asks: ReadonlyMap<number, Ask>
  clockSteps: readonly EntryOf<'clock set'>[]
  /** When a member was deleted. */
  deletions: readonly number[]
}

/** `index` is the place in the journal. */
export type EntryOf<What extends Entry['what']> = Extract<Entry, { what: What }> & { index: number }

/** `rows`: those of each person; `bad`: how many rows name nobody. */
export type Message = EntryOf<'sent'> & {
  json: Body | undefined
  rows: ReadonlyMap<string, readonly BodyRow[]>
  bad: number
}

export type Call = EntryOf<'called'> & {
  reachedAt: number | undefined
  effect: boolean
  answered: EntryOf<'answered'> | undefined
}

/** `open`: when the sessions began that its member had when it had reached Stytch. */
export type Ask = EntryOf<'asked'> & {
  reachedAt: number | undefined
  revoked: number
  open: readonly number[]
  answered: EntryOf<'ask answered'> | undefined
}

export type Invocation = EntryOf<'invoked'> & {
  messages: readonly Message[]
  pages: EntryOf<'page read'>[]
  calls: Call[]
  endedReads: EntryOf<'ended read'>[]
  asks: Ask[]
  sent: Message[]
  stored: EntryOf<'row stored'>[]
  noted: EntryOf<'call noted'>[]
  counted: EntryOf<'counted'>[]
  remembered: EntryOf<'remembered'>[]
  outcomes: (OutcomeLine & { index: number })[]
  /** Records that failed, and facts or outcome events that were lost. */
  measured: EntryOf<'measured'>[]
  /** Requests about facts. */
  keeping: EntryOf<'keeps facts'>[]
  facts: EntryOf<'fact put'>[]
  failures: readonly string[] | undefined
  endedAt: number | undefined
  overAt: number | undefined
  crashed: EntryOf<'crashed'> | undefined
  acknowledged: EntryOf<'acknowledged'> | undefined
}

/** Arranges the journal of a run by message, invocation and call. */
export function readTrace(run: Run): Trace {
  const messages = new Map<string, Message>()
  const invocations = new Map<string, Invocation>()
  const calls = new Map<number, Call>()
  const asks = new Map<number, Ask>()
  const clockSteps: EntryOf<'clock set'>[] = []
  const deletions: number[] = []

  for (const [index, happening] of run.journal.entries()) {
    const entry = { ...happening, index }
    const invocation = 'invocation' in entry ? invocations.get(entry.invocation ?? '') : undefined
    if (entry.what === 'sent') {
      const message = { ...entry, ...readBody(entry.body, run.world.people.named) }
      messages.set(entry.message, message)
      invocations.get(entry.by)?.sent.push(message)
    } else if (entry.what === 'invoked') {
      const received = entry.received.flatMap(({ message }) => messages.get(message) ?? [])
      invocations.set(entry.invocation, begin(entry, received))
    } else if (entry.what === 'clock set') {
      clockSteps.push(entry)
    } else if (entry.what === 'member deleted') {
      deletions.push(entry.at)
    } else if (entry.what === 'called') {
      const call = { ...entry, reachedAt: undefined, effect: false, answered: undefined }
      calls.set(entry.call, call)
      invocation?.calls.push(call)
    } else if (entry.what === 'reached Stytch') {
      Object.assign(calls.get(entry.call) ?? {}, { reachedAt: entry.at, effect: entry.effect })
    } else if (entry.what === 'answered') {
      Object.assign(calls.get(entry.call) ?? {}, { answered: entry })
    } else if (entry.what === 'asked') {
      const ask = { ...entry, reachedAt: undefined, revoked: 0, open: [], answered: undefined }
      asks.set(entry.ask, ask)
      invocation?.asks.push(ask)
    } else if (entry.what === 'ask reached Stytch') {
      const { revoked, open } = entry
      Object.assign(asks.get(entry.ask) ?? {}, { reachedAt: entry.at, revoked, open })
    } else if (entry.what === 'ask answered') {
      Object.assign(asks.get(entry.ask) ?? {}, { answered: entry })
    } else if (invocation) addTo(invocation, entry)
  }
  return { run, messages, invocations, calls, asks, clockSteps, deletions }
}

function begin(entry: EntryOf<'invoked'>, messages: readonly Message[]): Invocation {
  return {
    ...entry,
    messages,
    ...{ endedReads: [], asks: [] },
    ...{ pages: [], calls: [], sent: [], stored: [], noted: [], counted: [], remembered: [], outcomes: [] },
    ...{ measured: [], keeping: [], facts: [], endedAt: undefined },
    ...{ failures: undefined, overAt: undefined, crashed: undefined, acknowledged: undefined },
  }
}

function addTo(invocation: Invocation, entry: Entry & { index: number }): void {
  switch (entry.what) {
    case 'page read':
      return void invocation.pages.push(entry)
    case 'ended read':
      return void invocation.endedReads.push(entry)
    case 'row stored':
      return void invocation.stored.push(entry)
    case 'call noted':
      return void invocation.noted.push(entry)
    case 'counted':
      return void invocation.counted.push(entry)
    case 'remembered':
      return void invocation.remembered.push(entry)
    case 'outcome':
      return void invocation.outcomes.push({ ...entry.line, index: entry.index })
    case 'measured':
      return void invocation.measured.push(entry)
    case 'keeps facts':
      return void invocation.keeping.push(entry)
    case 'fact put':
      return void invocation.facts.push(entry)
    case 'ended':
      return void Object.assign(invocation, { failures: entry.failures, endedAt: entry.at })
    case 'crashed':
      return void Object.assign(invocation, { crashed: entry, overAt: entry.at })
    case 'acknowledged':
      return void Object.assign(invocation, { acknowledged: entry, overAt: entry.at })
    default:
  }
}

/** A row of a message as the invariants read it, without the schemas of the code under test. */
export type BodyRow = {
  email_address?: unknown
  member_id?: string
  owed?: unknown
  uncertain?: boolean
  idstried?: boolean
  reset_at?: string
  found?: readonly { member_id: string; alive?: true }[]
  ended?: readonly string[]
  row_index?: unknown
}
export type Body = {
  id: string
  time: string
  expirytime?: string
  fence?: string
  sentat?: string
  attempts?: number
  firsttriedat?: string
  resetrun?: string
  /** Beside `data`, or beside the event in an envelope, where it has no effect. */
  mode?: string
  data: { exposed_at?: string; mode?: string; members: readonly BodyRow[] }
}

/** Reads a message as an outsider would: any JSON with members in it, also in an SNS notification. Its id is the source and the event's id. */
export function readBody(
  body: string,
  named: (email: unknown) => string | undefined,
): Pick<Message, 'json' | 'rows' | 'bad'> {
  const json = parse(body)
  const members = json?.data?.members ?? []
  const rows = new Map<string, BodyRow[]>()
  let bad = 0
  for (const row of members) {
    const person = named(row.email_address)
    if (person === undefined) bad++
    else rows.set(person, [...(rows.get(person) ?? []), row])
  }
  return { json, rows, bad }
}

function parse(body: string): Body | undefined {
  try {
    const json = JSON.parse(body)
    if (typeof json?.Message === 'string') {
      const event = parse(json.Message)
      return event && (json.mode === undefined ? event : { ...event, mode: json.mode })
    }
    if (!Array.isArray(json?.data?.members)) return undefined
    return { ...json, id: `${json.source} ${json.id}` }
  } catch {
    return undefined
  }
}

/** The queue that each function receives from, and to which it defers people. */
export const OWN_QUEUE: Record<Role, QueueName> = {
  'fan-out': 'breach',
  'require-reset': 'reset',
  'end-sessions': 'sessions',
}

/** Who sends what they may not: letters that nobody of us wrote, and events of a source that names others. */
export const STRANGER = 'a stranger'
export const IMPOSTOR = 'an impostor'

/** Ends of a call that leave open whether the reset happened. */
export const UNCERTAIN: readonly string[] = ['timeout', 'connection_lost', 'unusable']

/** Codes of the dead letters whose body is as it was received. */
export const KEPT_AS_SENT: readonly string[] = ['not_json', 'misplaced_limit', 'in_future', 'invalid_member']
