import DataLoader from 'dataloader'
import { normalizeEmail } from '../../lib/contract/person.ts'
import { type CallResult, callStytch } from '../../lib/step/call-stytch.ts'
import type { Calls, Stop } from '../../lib/step/invocation.ts'
import type { Answer, StytchRequest } from '../../lib/stytch/ask-stytch.ts'
import type { Credentials } from '../../lib/stytch/credentials.ts'
import type { Failure } from '../../lib/stytch/judge-answer.ts'
import {
  type FoundMember,
  judgeMembers,
  judgeOrganizations,
  type Page,
  searchMembers,
  searchOrganizations,
} from '../../lib/stytch/search.ts'
import type { Environment } from './environment.ts'

/** Whom a search found for one e-mail, or why it could not be made. */
export type Found =
  | { kind: 'members'; members: readonly FoundMember[] }
  | { kind: 'none'; stop: Stop; requestId?: string | undefined }
  | { kind: 'refused'; reason: string; detail: string; unknown: boolean; requestId: string | undefined }

export type FindMembers = (emailAddress: string) => Promise<Found>

type Searching = { environment: Environment; credentials: Credentials; invocation: Calls }

/**
 * Returns a search for all members with an e-mail. People who are asked for at the same moment, also for several records of a batch, are
 * searched together: first the organizations that have any of them, then the members there.
 */
export function createMemberSearch(
  environment: Environment,
  credentials: Credentials,
  invocation: Calls,
): FindMembers {
  const searching = { environment, credentials, invocation }
  const findAll = async (emails: readonly string[]) => {
    const byEmail = await searchAll(searching, [...new Set(emails)])
    return emails.map((email) => byEmail.get(email) ?? { kind: 'members' as const, members: [] })
  }
  const maxBatchSize = environment.searchSize.emails
  const loader = new DataLoader<string, Found>(findAll, { cache: false, maxBatchSize })
  return (emailAddress) => loader.load(foldEmail(emailAddress))
}

/** Searches e-mails, fewer at a time when Stytch refuses, or can't answer about, as many as were asked for. */
async function searchAll(
  searching: Searching,
  emails: readonly string[],
): Promise<ReadonlyMap<string, Found>> {
  const result = await searchTogether(searching, emails)
  if ('found' in result) return byEmail(searching, emails, result.found)
  const { failed } = result
  if (failed.kind === 'none' || emails.length === 1)
    return new Map(emails.map((email) => [email, toFound(failed)]))
  const { searchSize } = searching.environment
  const half = Math.ceil(emails.length / 2)
  const halves = await Promise.all(
    [emails.slice(0, half), emails.slice(half)].map((some) => searchAll(searching, some)),
  )
  const all = new Map(halves.flatMap((some) => [...some]))
  // One address that Stytch refuses says nothing about how many it takes.
  const wereTooMany = [...all.values()].every(({ kind }) => kind === 'members')
  if (wereTooMany) searchSize.emails = Math.min(searchSize.emails, half)
  return all
}

type Failed =
  | Extract<CallResult<never>, { kind: 'none' }>
  | Extract<Failure, { kind: 'refused' | 'unusable' }>

type Searched<Item> = { found: readonly Item[] } | { failed: Failed }

async function searchTogether(
  searching: Searching,
  emails: readonly string[],
): Promise<Searched<FoundMember>> {
  const organizations = await readPages(
    searching,
    (cursor) => searchOrganizations(emails, cursor),
    judgeOrganizations,
  )
  if ('failed' in organizations) return organizations
  return searchIn(searching, [...new Set(organizations.found)], emails)
}

/** The most that one page of organizations has. */
const MAX_ORGANIZATIONS = 1000

/** Searches organizations, fewer at a time when Stytch refuses that many for a single e-mail. */
async function searchIn(
  searching: Searching,
  organizationIds: readonly string[],
  emails: readonly string[],
): Promise<Searched<FoundMember>> {
  if (organizationIds.length === 0) return { found: [] }
  if (organizationIds.length <= MAX_ORGANIZATIONS) {
    const ask = (cursor: string | undefined) => searchMembers(organizationIds, emails, cursor)
    const result = await readPages(searching, ask, judgeMembers)
    const isTooMuch = 'failed' in result && result.failed.kind !== 'none'
    if (!isTooMuch || emails.length > 1 || organizationIds.length === 1) return result
  }
  const half = Math.ceil(organizationIds.length / 2)
  const first = await searchIn(searching, organizationIds.slice(0, half), emails)
  if ('failed' in first) return first
  const second = await searchIn(searching, organizationIds.slice(half), emails)
  return 'failed' in second ? second : { found: [...first.found, ...second.found] }
}

/** All pages of a search. */
async function readPages<Item>(
  { environment, credentials, invocation }: Searching,
  requestFor: (cursor: string | undefined) => StytchRequest,
  judge: (answer: Answer, now: number) => Page<Item> | Failure,
): Promise<Searched<Item>> {
  const found: Item[] = []
  let cursor: string | undefined
  do {
    const request = requestFor(cursor)
    const ask = (used: Credentials) => environment.askStytch(request, used)
    const result = await callStytch(environment.search, { ask, judge }, credentials, invocation)
    if (result.kind === 'none') return { failed: result }
    const { verdict } = result
    if (verdict.kind !== 'page') return { failed: verdict }
    found.push(...verdict.found)
    cursor = verdict.cursor
  } while (cursor !== undefined)
  return { found }
}

/** Gives each e-mail its members. The filter is not trusted: a member with an e-mail that nobody asked for is dropped. */
function byEmail(
  { environment: { observe } }: Searching,
  emails: readonly string[],
  found: readonly FoundMember[],
): ReadonlyMap<string, Found> {
  const members = Map.groupBy(found, ({ emailAddress }) => foldEmail(emailAddress))
  const asked = new Set(emails)
  const strangers = [...members].filter(([email]) => !asked.has(email)).flatMap(([, some]) => some)
  if (strangers.length > 0) {
    observe.note('search named members with another e-mail', { members: strangers.length })
    observe.measure('StytchNamedStranger', strangers.length)
  }
  return new Map(emails.map((email) => [email, { kind: 'members', members: members.get(email) ?? [] }]))
}

function toFound(failed: Failed): Found {
  if (failed.kind === 'none') return failed
  const { code, requestId } = failed
  if (failed.kind === 'unusable') return { kind: 'none', stop: { code, delay: 'growing' }, requestId }
  return { kind: 'refused', reason: code, detail: `search: ${code}`, unknown: failed.unknown, requestId }
}

/**
 * The e-mail by which members are matched: Stytch may fold capitals of other scripts. A letter that would become an ASCII one, such as
 * the Kelvin sign, is somebody else's.
 */
function foldEmail(emailAddress: string): string {
  return normalizeEmail(emailAddress).replace(/\P{ASCII}/gu, (letter) => {
    const folded = letter.toLowerCase()
    return /^\p{ASCII}/u.test(folded) ? letter : folded
  })
}
