import type { OutcomeLine } from '../../../lib/observability/outcome-line.ts'
import type { Entry } from '../world/entry.ts'
import type { Run } from '../world/play.ts'

type EntryOf<What extends Entry['what']> = Extract<Entry, { what: What }>

/** A row of a message as the invariants read it, without the schemas of the code under test. */
export type BodyRow = {
  email_address?: unknown
  member_id?: string
  owed?: unknown
  uncertain?: boolean
  idstried?: boolean
}
export type Body = {
  id: string
  time: string
  expirytime?: string
  fence?: string
  attempts?: number
  firsttriedat?: string
  data: { exposed_at?: string; mode?: string; members: readonly BodyRow[] }
}

/** `index` is the place in the journal. `rows`: of each person by name; `bad`: rows that name nobody. */
export type Message = EntryOf<'sent'> & {
  index: number
  json: Body | undefined
  rows: ReadonlyMap<string, readonly BodyRow[]>
  bad: number
}

export type Call = EntryOf<'called'> & {
  index: number
  reachedAt: number | undefined
  effect: boolean
  answered: (EntryOf<'answered'> & { index: number }) | undefined
}

export type Invocation = EntryOf<'invoked'> & {
  index: number
  messages: readonly Message[]
  pages: (EntryOf<'page read'> & { index: number })[]
  calls: Call[]
  sent: Message[]
  stored: (EntryOf<'row stored'> & { index: number })[]
  counted: EntryOf<'counted'>[]
  remembered: (EntryOf<'remembered'> & { index: number })[]
  outcomes: OutcomeLine[]
  failures: readonly string[] | undefined
  overAt: number | undefined
  crashed: (EntryOf<'crashed'> & { index: number }) | undefined
  acknowledged: (EntryOf<'acknowledged'> & { index: number }) | undefined
}

/** The journal of a run, sorted by what belongs together. */
export type Story = {
  run: Run
  messages: ReadonlyMap<string, Message>
  invocations: ReadonlyMap<string, Invocation>
  calls: ReadonlyMap<number, Call>
}
