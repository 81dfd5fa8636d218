import {
  BreachEventSchema,
  MemberSchema,
  ModeSchema,
  SeveritySchema,
} from '../../lib/contract/breach-event.ts'
import type { FlagValues } from '../command.ts'
import { UsageError } from '../terminal.ts'
import { VENDORS, type Vendor } from './vendor.ts'

const REASONS = BreachEventSchema.shape.data.shape.reason.options
const SEVERITIES = SeveritySchema.options
const MODES = ModeSchema.options

/** The argument of every command that reads events. */
export const INPUT_FILE = { name: 'FILE', about: 'what to read; - is standard input' }

/** What can be read. */
export const INPUT_ABOUT = [
  'FILE has breach events (docs/contract.md), as JSON: one, a list, or several one after the other, such as NDJSON. Or it is a list of members: CSV with a column email_address or email and, if you are sure of them, organization_id and member_id. Or, with --from, it is what a vendor gives.',
]

const LIST = 'for a list in CSV'

/** The flags of every command that reads events. */
export const INPUT_FLAGS = {
  from: {
    type: 'string',
    value: 'VENDOR',
    choices: VENDORS,
    about: `reads the vendor's JSON: ${VENDORS.join(', ')}; examples are in docs/examples/vendors`,
  },
  domain: {
    type: 'string',
    value: 'DOMAIN',
    about: 'for --from hibp: reads the answer to a search of this domain',
  },
  breaches: {
    type: 'string',
    value: 'FILE',
    about: 'for --from hibp, with --domain: the answer to GET /breaches',
  },
  'members-per-event': {
    type: 'string',
    value: 'N',
    about: "the stage's maxMembersPerEvent, 1000 unless given; a longer list becomes several events",
  },
  reason: {
    type: 'string',
    value: 'REASON',
    group: LIST,
    choices: REASONS,
    about: `needed by validate and send: ${REASONS.join(', ')}`,
  },
  'exposed-at': {
    type: 'string',
    value: 'WHEN',
    group: LIST,
    about:
      'needed by validate and send: the latest moment the passwords could have been captured, a date or a timestamp; people who were reset since are not reset again',
  },
  breach: {
    type: 'string',
    value: 'CATALOG:ID',
    group: LIST,
    about: 'which breach, such as hibp:ExampleForum2026',
  },
  severity: {
    type: 'string',
    value: 'LEVEL',
    group: LIST,
    choices: SEVERITIES,
    about: SEVERITIES.join(', '),
  },
  mode: { type: 'string', value: 'MODE', group: LIST, choices: MODES, about: MODES.join(' or ') },
  source: {
    type: 'string',
    value: 'SOURCE',
    group: LIST,
    about: 'the source of the events, urn:breach-reset:list unless given',
  },
  id: { type: 'string', value: 'ID', group: LIST, about: 'the id of the events, list-<time> unless given' },
  time: {
    type: 'string',
    value: 'TIMESTAMP',
    group: LIST,
    about:
      'when the list was made; unless given, when the file was written, so that sending it again repeats it',
  },
  expirytime: {
    type: 'string',
    value: 'TIMESTAMP',
    group: LIST,
    about: 'nobody is reset after this time',
  },
  correlationid: { type: 'string', value: 'ID', group: LIST, about: 'the id of your ticket' },
} as const

/**
 * What to read and how. `search`: for answers of Have I Been Pwned to the search of a domain; `breaches` is a file. `list`: for CSV
 * only, whose rows only name members.
 */
export type InputOptions = {
  file: string
  vendor: Vendor | undefined
  search: { domain: string; breaches: string } | undefined
  list: ListOptions
  hasList: boolean
  maxMembersPerEvent: number
}

/** What all members of a CSV file have in common, as it was typed. */
export type ListOptions = {
  source: string
  id: string | undefined
  time: string | undefined
  expirytime: string | undefined
  correlationid: string | undefined
  reason: string | undefined
  exposedAt: string | undefined
  breach: string | undefined
  severity: string | undefined
  mode: string | undefined
}

const LIST_FLAGS = [
  ...(['reason', 'exposed-at', 'breach', 'severity', 'mode', 'source', 'id', 'time'] as const),
  ...(['expirytime', 'correlationid'] as const),
]

type InputValues = Partial<FlagValues<typeof INPUT_FLAGS>>

/** Parses the arguments that say what to read. Throws a UsageError when they can't be used. */
export function parseInputOptions(values: InputValues, positionals: readonly string[]): InputOptions {
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new UsageError('give one file, or - for standard input')
  const { from: vendor, 'members-per-event': most = '1000' } = values
  if (!/^([1-9]\d{0,3}|10000)$/.test(most))
    throw new UsageError('--members-per-event: must be a whole number from 1 to 10000')
  const { source = 'urn:breach-reset:list', 'exposed-at': exposedAt, id, time, reason } = values
  const { expirytime, correlationid, breach, severity, mode } = values
  return {
    file,
    vendor,
    search: parseSearch(values),
    list: { source, id, time, expirytime, correlationid, reason, exposedAt, breach, severity, mode },
    hasList: LIST_FLAGS.some((flag) => values[flag] !== undefined),
    maxMembersPerEvent: Number(most),
  }
}

function parseSearch({ from, domain, breaches }: InputValues): InputOptions['search'] {
  if (domain === undefined && breaches === undefined) return undefined
  if (domain === undefined || breaches === undefined || from !== 'hibp')
    throw new UsageError('--domain and --breaches: give both, and --from hibp')
  if (!MemberSchema.shape.email_address.safeParse(`x@${domain}`).success)
    throw new UsageError('--domain: must be a domain, such as customer.example')
  return { domain, breaches }
}
