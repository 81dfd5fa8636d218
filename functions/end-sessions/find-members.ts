import DataLoader from 'dataloader'
import pLimit from 'p-limit'
import { normalizeEmail } from '../../lib/contract/person.ts'
import type { Answer, StytchRequest } from '../../lib/stytch/ask-stytch.ts'
import type { Failure } from '../../lib/stytch/judge-answer.ts'
import {
  type FoundMember,
  judgeMembers,
  judgeOrganizations,
  MAX_PAGE,
  type Page,
  searchMembers,
  searchOrganizations,
} from '../../lib/stytch/search.ts'
import { type Asking, ask, type EndpointName, type Undone } from './ask.ts'

/** What a search found, or why it could not be made. */
type Searched<Item> = { kind: 'found'; found: readonly Item[] } | Undone

export type FindMembers = (emailAddress: string) => Promise<Searched<FoundMember>>

const MAX_SEARCHES_AT_ONCE = 4

/**
 * Returns a search for all members with an e-mail. People who are asked for at the same moment, also for several records of a batch, are
 * searched together: first the organizations that have any of them, then the members there.
 */
export function createMemberSearch(asking: Asking): FindMembers {
  const atOnce = pLimit(MAX_SEARCHES_AT_ONCE)
  const findAll = async (emails: readonly string[]) => {
    const byEmail = await atOnce(() => searchAll(asking, emails))
    return emails.map((email) => byEmail.get(email) ?? { kind: 'found' as const, found: [] })
  }
  const loader = new DataLoader<string, Searched<FoundMember>>(findAll, {
    cache: false,
    maxBatchSize: asking.environment.searchSize.most(),
  })
  return (emailAddress) => loader.load(normalizeEmail(emailAddress))
}

/**
 * Searches e-mails, fewer at a time when Stytch refuses, or can't answer about, as many as were asked for. One half after the other:
 * so an answer comes before so many refusals that they look like the configuration's fault.
 */
async function searchAll(
  asking: Asking,
  emails: readonly string[],
): Promise<ReadonlyMap<string, Searched<FoundMember>>> {
  const { searchSize } = asking.environment
  const isMade = asking.invocation.stopped() === undefined
  const half = Math.ceil(emails.length / 2)
  if (emails.length <= searchSize.most()) {
    const result = await searchTogether(asking, emails)
    if (result.kind === 'found') {
      searchSize.answered()
      return byEmail(asking, emails, result.found)
    }
    if (isMade && result.kind === 'stopped' && TOO_SLOW.test(result.stop.code)) searchSize.lower(half)
    if (result.kind === 'stopped' || emails.length === 1)
      return new Map(emails.map((email) => [email, result]))
  }
  const first = await searchAll(asking, emails.slice(0, half))
  const all = new Map([...first, ...(await searchAll(asking, emails.slice(half)))])
  // One address that Stytch refuses says nothing about how many it takes.
  const wereTooMany = [...all.values()].every(({ kind }) => kind === 'found')
  if (wereTooMany) searchSize.lower(half)
  return all
}

/** How a search may end that takes Stytch too long: the next one is about fewer. */
const TOO_SLOW = /^(timeout|internal_server_error|http_408|http_5\d\d)$/

async function searchTogether(asking: Asking, emails: readonly string[]): Promise<Searched<FoundMember>> {
  const requestFor = (cursor?: string) => searchOrganizations(spellingsOf(emails), cursor)
  const organizations = await readPages(asking, 'searchOrganizations', requestFor, judgeOrganizations)
  if (organizations.kind !== 'found') return organizations
  return searchIn(asking, [...new Set(organizations.found)], emails)
}

/** Searches organizations, no more at once than a page has, and fewer when Stytch refuses that many for a single e-mail. */
async function searchIn(
  asking: Asking,
  organizationIds: readonly string[],
  emails: readonly string[],
): Promise<Searched<FoundMember>> {
  if (organizationIds.length === 0) return { kind: 'found', found: [] }
  if (organizationIds.length <= MAX_PAGE) {
    const requestFor = (cursor?: string) => searchMembers(organizationIds, spellingsOf(emails), cursor)
    const result = await readPages(asking, 'searchMembers', requestFor, judgeMembers)
    const isTooMuch = result.kind === 'refused' || result.kind === 'unusable'
    if (!isTooMuch || emails.length > 1 || organizationIds.length === 1) return result
  }
  const half = Math.ceil(organizationIds.length / 2)
  const first = await searchIn(asking, organizationIds.slice(0, half), emails)
  if (first.kind !== 'found') return first
  const second = await searchIn(asking, organizationIds.slice(half), emails)
  return second.kind === 'found' ? { ...second, found: [...first.found, ...second.found] } : second
}

/** All pages of a search. Pages that go round in a circle are of no use. */
async function readPages<Item>(
  asking: Asking,
  endpoint: EndpointName,
  requestFor: (cursor?: string) => StytchRequest,
  judge: (answer: Answer, now: number) => Page<Item> | Failure,
): Promise<Searched<Item>> {
  const found: Item[] = []
  const cursors = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await ask(asking, endpoint, requestFor(cursor), judge)
    if (page.kind !== 'done') return page
    found.push(...page.verdict.found)
    cursor = page.verdict.cursor
    if (cursor !== undefined && cursors.has(cursor))
      return { kind: 'unusable', stop: { code: 'invalid_response', delay: 'growing' } }
    cursors.add(cursor ?? '')
  } while (cursor !== undefined)
  return { kind: 'found', found }
}

/** Gives each e-mail its members. The filter is not trusted: a member with an e-mail that nobody asked for is dropped. */
function byEmail(
  { environment: { observe } }: Asking,
  emails: readonly string[],
  found: readonly FoundMember[],
): ReadonlyMap<string, Searched<FoundMember>> {
  const members = Map.groupBy(found, ({ emailAddress }) => foldEmail(emailAddress))
  const asked = new Set(emails.map(foldEmail))
  const strangers = [...members].filter(([email]) => !asked.has(email)).flatMap(([, some]) => some)
  if (strangers.length > 0) {
    observe.note('search named members with another e-mail', { members: strangers.length })
    observe.measure('StytchNamedStranger', strangers.length)
  }
  return new Map(
    emails.map((email) => [email, { kind: 'found', found: members.get(foldEmail(email)) ?? [] }]),
  )
}

/** What Stytch makes of capitals beyond ASCII is its own affair. */
function spellingsOf(emails: readonly string[]): string[] {
  return [...new Set(emails.flatMap((email) => [email, foldEmail(email)]))]
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
