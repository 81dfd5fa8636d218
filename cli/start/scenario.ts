import { readFile } from 'node:fs/promises'
import type { StytchSimulator } from '../../infra/local/stytch/simulator.ts'
import {
  BREACH_EVENT_TYPE,
  MAX_MEMBERS,
  type Member,
  type UncheckedBreachEvent,
} from '../../lib/contract/breach-event.ts'
import { isMadeUp } from '../../lib/contract/canary.ts'
import { checkMembers } from '../../lib/contract/check-breach-event.ts'
import { groupByPerson } from '../../lib/contract/person.ts'
import { readBreachEvent } from '../../lib/contract/read-breach-event.ts'
import { MAX_MESSAGE_BYTES, toMessageBody } from '../../lib/queue/send-messages.ts'
import { explainReading } from '../input/read-text.ts'
import { UsageError } from '../terminal.ts'
import { type Project, populateProject, sampleMember } from './sample-project.ts'

/** A project of which it is known who is in it. */
type MemberProject = Project & Pick<StytchSimulator, 'membersOf' | 'findOrganization' | 'findMember'>

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
  populate(stytch: MemberProject): Promise<void>
}

/** The organization of members who name none. */
const ELSEWHERE = 'organization-test-b1ea0000-0000-4000-8000-00000000e15e'

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

/**
 * Makes everyone in the rows a member of the simulated project, with the ids they name, with a password set at `setAt` (ms) and a session since
 * then. Leaves out who is a member already, and the made-up address of a canary, which nobody must have.
 */
export async function populateMembers(
  stytch: MemberProject,
  rows: readonly Member[],
  setAt: number,
): Promise<void> {
  const named = new Set(rows.map(({ organization_id }) => organization_id ?? ELSEWHERE))
  for (const organizationId of named)
    if (!stytch.findOrganization(organizationId)) stytch.addOrganization({ organizationId })
  for (const [first] of groupByPerson(rows, ({ email_address }) => email_address)) {
    if (!first || isMadeUp(first) || stytch.membersOf(first.email_address).length > 0) continue
    const { email_address: email, organization_id = ELSEWHERE, member_id: memberId } = first
    const { organizationId = organization_id } = stytch.findOrganization(organization_id) ?? {}
    const free = memberId !== undefined && !stytch.findMember(memberId)
    stytch.addMember({ email, organizationId, ...(free && { memberId }) })
    stytch.setPassword(email, setAt)
    stytch.addSession({ email, startedAt: setAt })
  }
}

/** Reads the user's own event, in an envelope or not; everyone in it becomes a member with a password. `now` in ms. Throws a UsageError when the file can't be used. */
export async function loadEvent(file: string, now: number): Promise<Scenario> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw new UsageError(`FILE: ${explainReading(error)}`)
  })
  if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES)
    throw new UsageError(`FILE: is over 1 MiB, the most that SQS takes`)
  const read = readBreachEvent(text, now)
  if (read.kind === 'rejected') throw new UsageError(`FILE: ${read.rejection.code}: ${read.rejection.detail}`)
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
