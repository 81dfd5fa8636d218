import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { numberedUuid } from '../../infra/local/stytch/numbered-uuid.ts'
import type { StytchSimulator } from '../../infra/local/stytch/simulator.ts'
import {
  BREACH_EVENT_TYPE,
  MAX_MEMBERS,
  type Member,
  type UncheckedBreachEvent,
} from '../../lib/contract/breach-event.ts'
import { checkMembers } from '../../lib/contract/check-breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'
import { MAX_MESSAGE_BYTES, toMessageBody } from '../../lib/queue/send-messages.ts'
import { UsageError } from '../terminal.ts'

/** What a run sends, and how it fills the simulated Stytch project first. */
export type Scenario = {
  /** In all events together. */
  rows: number
  /** Whether anyone will be reset. Nobody is in a dry run. */
  enforced: boolean
  /** The events, the same ones each time. They may be made on demand, so that a million rows are not held in memory. */
  events: Iterable<UncheckedBreachEvent>
  /** The message bodies that carry the events, as a producer sends them. */
  bodies: Iterable<string>
  populate(
    stytch: Pick<StytchSimulator, 'addOrganization' | 'addMember' | 'setPassword' | 'fault'>,
  ): Promise<void>
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Makes a realistic breach of `count` rows, the same one every time except for its dates: an infostealer's harvest, sent by
 * a careless feed in events of at most `rowsPerEvent`. `now` in ms.
 */
export function makeBreach(count: number, now: number, rowsPerEvent = MAX_MEMBERS): Scenario {
  function* makeEvents(): Generator<UncheckedBreachEvent> {
    for (let from = 0; from < count; from += rowsPerEvent) {
      const rows = Math.min(rowsPerEvent, count - from)
      yield {
        specversion: '1.0',
        type: BREACH_EVENT_TYPE,
        source: 'urn:example:stealer-log-feed',
        id: `harvest-${new Date(now).toISOString().slice(0, 10)}-${from / rowsPerEvent + 1}`,
        time: new Date(now - 60_000).toISOString(),
        data: {
          reason: 'infostealer',
          severity: 'high',
          exposed_at: new Date(now - DAY_MS).toISOString(),
          members: Array.from({ length: rows }, (_, index) => sampleMember(from + index).input),
        },
      }
    }
  }

  function* makeBodies(): Generator<string> {
    for (const event of makeEvents()) yield toMessageBody(event)
  }

  return {
    rows: count,
    enforced: true,
    events: { [Symbol.iterator]: makeEvents },
    bodies: { [Symbol.iterator]: makeBodies },
    populate: (stytch) => populateProject(stytch, count, now),
  }
}

const ORGANIZATIONS = 12
const FIRST_NAMES = 'ada alan barbara claude dorothy edsger grace john katherine radia'.split(' ')

/** What these rows of every fifty are; the others are ordinary members. */
const SPECIAL_ROWS = {
  3: 'stranger',
  7: 'two organizations',
  11: 'throttled first',
  13: 'stranger',
  17: 'no password',
  19: 'repeated',
  23: 'malformed',
  29: 'stranger',
  31: 'no password',
  37: 'server error first',
  41: 'suspended organization',
  43: 'stranger',
  47: 'dropped connection first',
} as const
/** One row in two hundred and fifty is answered 200 with rubbish, as a captive portal would. */
const UNUSABLE_EVERY = 250

type Kind = (typeof SPECIAL_ROWS)[keyof typeof SPECIAL_ROWS] | 'ordinary' | 'unusable answer'

/** One member of the made breach: how they behave at Stytch, and the row that the careless feed writes. */
type SampleMember = { kind: Kind; email: string; memberId: string; input: unknown }

/** Makes the member of the row with this index, the same one every time. */
export function sampleMember(index: number): SampleMember {
  const kind = index % UNUSABLE_EVERY === 1 ? 'unusable answer' : kindOf(index % 50)
  const email = emailOf(index)
  const memberId = `member-test-${numberedUuid(index)}`
  return { kind, email, memberId, input: toInput(kind, index, email, memberId) }
}

const organizationOf = (index: number) => `organization-test-${numberedUuid(index)}`

function kindOf(index: number): Kind {
  return Object.hasOwn(SPECIAL_ROWS, index) ? SPECIAL_ROWS[index as keyof typeof SPECIAL_ROWS] : 'ordinary'
}

function toInput(kind: Kind, index: number, email: string, memberId: string): unknown {
  if (kind === 'malformed') return { email_address: email.replace('@', ' at '), password: 'hunter2' }
  if (kind === 'repeated') return { email_address: ` ${emailOf(index - 1).toUpperCase()}` }
  const namesId = kind !== 'stranger' && index % 2 === 1
  return namesId ? { email_address: email, member_id: memberId } : { email_address: email }
}

function emailOf(index: number): string {
  return `${FIRST_NAMES[index % FIRST_NAMES.length]}.${index}@customer-${index % ORGANIZATIONS}.example`
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000
const SUSPENDED = ORGANIZATIONS - 1
/** A million rows take half a minute. Ctrl-C must work meanwhile. */
const PAUSE_EVERY_ROWS = 1000

/** Adds the first `count` sample members to the simulated project, with passwords a month old, and makes the first calls for some of them fail. `now` in ms. */
export async function populateProject(
  stytch: Parameters<Scenario['populate']>[0],
  count: number,
  now: number,
): Promise<void> {
  for (let index = 0; index < ORGANIZATIONS; index++) {
    stytch.addOrganization({ organizationId: organizationOf(index), suspended: index === SUSPENDED })
  }
  for (let index = 0; index < count; index++) {
    if (index % PAUSE_EVERY_ROWS === 0) await setImmediate()
    const { kind, email, memberId } = sampleMember(index)
    if (kind === 'stranger' || kind === 'malformed' || kind === 'repeated') continue
    const home = kind === 'suspended organization' ? SUSPENDED : index % SUSPENDED
    stytch.addMember({ email, memberId, organizationId: organizationOf(home) })
    if (kind === 'two organizations') {
      stytch.addMember({ email, organizationId: organizationOf((home + 1) % SUSPENDED) })
    }
    if (kind !== 'no password') stytch.setPassword(email, now - MONTH_MS)
    if (kind === 'throttled first') stytch.fault({ kind: 'throttle', email, times: 1 })
    if (kind === 'server error first') stytch.fault({ kind: 'server_error', status: 500, email, times: 1 })
    if (kind === 'dropped connection first') stytch.fault({ kind: 'reset_connection', email, times: 1 })
    if (kind === 'unusable answer') stytch.fault({ kind: 'wrong_json', email, times: 1 })
  }
}

/** Makes everyone in the rows a member of the simulated project, with the ids they name, and with a password set at `setAt` (ms). */
export async function populateMembers(
  stytch: Parameters<Scenario['populate']>[0],
  rows: readonly Member[],
  setAt: number,
): Promise<void> {
  const elsewhere = stytch.addOrganization().organizationId
  const named = new Set(rows.flatMap(({ organization_id }) => organization_id ?? []))
  for (const organizationId of named) stytch.addOrganization({ organizationId })
  const takenIds = new Set<string>()
  for (const [first] of groupByPerson(rows, ({ email_address }) => email_address)) {
    if (!first) continue
    const { email_address: email, organization_id: organizationId = elsewhere, member_id: memberId } = first
    const free = memberId !== undefined && !takenIds.has(memberId)
    if (free) takenIds.add(memberId)
    stytch.addMember({ email, organizationId, ...(free && { memberId }) })
    stytch.setPassword(email, setAt)
  }
}

/** Reads the user's own event, in an envelope or not; everyone in it becomes a member with a password. `now` in ms. Throws a UsageError when the file can't be used. */
export async function loadEvent(file: string, now: number): Promise<Scenario> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) throw new UsageError(`${file}: can't be read`)
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
    throw new UsageError(`${file}: is over 1 MiB, the most that SQS takes`)
  const read = readBreachEvent(text, now)
  if (read.kind === 'rejected')
    throw new UsageError(`${file}: ${read.rejection.code}: ${read.rejection.detail}`)
  const { members } = checkMembers(read.event.data.members)
  const rows = members.map(({ member }) => member)
  return {
    rows: read.event.data.members.length,
    enforced: read.event.data.mode !== 'dry_run',
    events: [read.event],
    bodies: [text],
    populate: (stytch) => populateMembers(stytch, rows, now - 1),
  }
}
