import { MemberSchema } from '../../lib/contract/breach-event.ts'
import { type FlagValues, UsageError } from '../terminal.ts'
import { VENDORS, type Vendor } from './vendor.ts'

/** The flags, in node:util's terms, of every command that reads events. */
export const INPUT_FLAGS = {
  from: { type: 'string' },
  domain: { type: 'string' },
  breaches: { type: 'string' },
  reason: { type: 'string' },
  'exposed-at': { type: 'string' },
  breach: { type: 'string' },
  severity: { type: 'string' },
  mode: { type: 'string' },
  source: { type: 'string' },
  id: { type: 'string' },
  time: { type: 'string' },
  expirytime: { type: 'string' },
  correlationid: { type: 'string' },
  'members-per-event': { type: 'string' },
} as const

/** The help of these flags, and what they apply to. */
export const INPUT_USAGE = `
  reads breach events (docs/contract.md): in JSON one, a list, or several one after the other, such as NDJSON;
        a list of members: CSV with a column email_address or email, and, if you are sure of them, organization_id and member_id;
        with --from, what a vendor gives: ${VENDORS.join(', ')}.
  - is standard input. A list that is longer than --members-per-event is cut into several events.

  --from VENDOR          reads the vendor's JSON; examples are in docs/examples/vendors
  --domain, --breaches   for --from hibp: reads the answer to a search of the domain; which domain, and a file with the answer to
                         GET /breaches
  --reason REASON        for CSV, needed: third_party_breach, infostealer, phished, combolist, internal_incident or manual
  --exposed-at WHEN      for CSV, needed: the latest moment the passwords can have been captured, a date or a timestamp; those
                         who were reset since are not reset again
  --breach CATALOG:ID    for CSV: which breach, such as hibp:ExampleForum2026
  --severity, --mode     for CSV: low, medium, high or critical; enforce or dry_run
  --source, --id         for CSV: how the events are named, unless urn:breach-reset:list and list-<time>
  --time TIMESTAMP       for CSV: when the list was made; unless given, when the file was written, so that sending it again repeats it
  --expirytime, --correlationid  for CSV: a timestamp past which nobody is reset; your ticket
  --members-per-event N  the stage's maxMembersPerEvent, 1000 unless given`

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

/** Parses the arguments that say what to read. Throws a UsageError when they can't be used. */
export function parseInputOptions(
  values: FlagValues<typeof INPUT_FLAGS>,
  positionals: readonly string[],
): InputOptions {
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) throw new UsageError('give one file, or - for standard input')
  const { from: vendor, 'members-per-event': most = '1000' } = values
  if (vendor !== undefined && !isVendor(vendor)) throw new UsageError(`--from: must be ${VENDORS.join(', ')}`)
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

function isVendor(name: string): name is Vendor {
  return VENDORS.some((vendor) => vendor === name)
}

function parseSearch({ from, domain, breaches }: FlagValues<typeof INPUT_FLAGS>): InputOptions['search'] {
  if (domain === undefined && breaches === undefined) return undefined
  if (domain === undefined || breaches === undefined || from !== 'hibp')
    throw new UsageError('--domain and --breaches: give both, and --from hibp')
  if (!MemberSchema.shape.email_address.safeParse(`x@${domain}`).success)
    throw new UsageError('--domain: must be a domain, such as customer.example')
  return { domain, breaches }
}
