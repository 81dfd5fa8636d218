import { adapters } from '../../lib/producer/adapters/adapters.ts'
import { toProblem } from '../../lib/producer/check-event.ts'
import { prepareEvent } from '../../lib/producer/prepare-event.ts'
import { dropRepeats } from './drop-repeats.ts'
import type { Input, Note } from './input.ts'
import { type JsonDocument, readDocuments } from './json-documents.ts'
import type { Place } from './locate.ts'

export type Vendor = keyof typeof adapters & string

export const VENDORS = Object.keys(adapters) as Vendor[]

/** `search`: what Have I Been Pwned's answer to a domain search does not say: the domain, and models of the breaches that it names. */
export type Given = { vendor: Vendor; search?: { domain: string; breaches: readonly unknown[] } | undefined }

/** Reads what a vendor gives: JSON texts, each of which is a document. */
export function readVendor(
  input: string,
  given: Given,
  options: { maxMembersPerEvent: number; now: number },
): Input {
  const { documents, faults } = readDocuments(input)
  const read: Input = { events: [], faults, notes: [] }
  for (const document of documents) {
    const adapted = readDocument(document, given)
    for (const note of adapted.notes) read.notes.push(note)
    for (const fault of adapted.faults) read.faults.push(fault)
    for (const event of adapted.events) {
      const { events, problems } = prepareEvent(event, options)
      for (const prepared of events) read.events.push(prepared)
      for (const problem of problems) read.faults.push({ ...problem, event: event.id })
    }
  }
  return dropRepeats(read)
}

function readDocument({ value, locate }: JsonDocument, given: Given): Input {
  const { events, dropped, invalid } = adapt(value, given)
  const rule = events.length + dropped.length === 0 ? explainDocument(value, given) : undefined
  if (rule !== undefined)
    return { events, faults: [{ code: 'invalid_event', ...locate('document'), rule }], notes: [] }
  return {
    events,
    faults: invalid.map(({ where, rule }) => {
      const problem = toProblem('invalid_event', rule)
      return { ...problem, ...locate([where, problem.field].filter(Boolean).join('.')) }
    }),
    notes: dropped.map(({ where, rule }) => ({ ...toNotePlace(locate(where)), text: `left out: ${rule}` })),
  }
}

function toNotePlace({ line, field }: Place): Pick<Note, 'line' | 'field'> {
  return field === '' ? { line } : { line, field }
}

const WRAPPED = 'breached_domain'

function adapt(value: unknown, { vendor, search }: Given) {
  if (!search) return adapters[vendor](value)
  const { dropped, invalid, events } = adapters.hibp({ ...search, [WRAPPED]: value })
  const unwrap = ({ where, rule }: (typeof dropped)[number]) => ({
    where: where.split('.').slice(1).join('.'),
    rule,
  })
  return { events, dropped: dropped.map(unwrap), invalid: invalid.map(unwrap) }
}

/** What a document is that can't be read as it was `given`, and how it can, if a vendor gives such documents. */
export function explainDocument(value: unknown, given?: Given): string | undefined {
  const vendor = VENDORS.find((name) => {
    const { events, dropped } = adapters[name](value)
    return events.length + dropped.length > 0
  })
  if (given?.search && vendor === 'hibp')
    return 'has its domain and breaches: leave out --domain and --breaches'
  if (vendor !== undefined && vendor !== given?.vendor)
    return `is what ${vendor} gives: read it with --from ${vendor}`
  if (isDomainSearch(value) && !given?.search)
    return "is Have I Been Pwned's answer to a domain search: read it with --from hibp, --domain and --breaches"
  return undefined
}

/** Names of breaches by alias. */
function isDomainSearch(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const lists = Object.values(value)
  const isNames = (list: unknown) => Array.isArray(list) && list.every((name) => typeof name === 'string')
  return lists.length > 0 && lists.every(isNames)
}
