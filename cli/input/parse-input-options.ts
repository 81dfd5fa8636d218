import type { parseArgs } from 'node:util'
import { adapters } from '../../lib/producer/adapters/adapters.ts'
import type { ListOptions } from './input.ts'

export type Vendor = keyof typeof adapters & string

/** What to read and how. `list`: for CSV only, whose rows say nothing but who. */
export type InputOptions = {
  file: string
  vendor: Vendor | undefined
  list: ListOptions
  hasList: boolean
  maxMembersPerEvent: number
}

/** The options, in node:util's terms, of every command that reads events. */
export const INPUT_FLAGS = {
  from: { type: 'string' },
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

const LIST_FLAGS = [
  ...(['reason', 'exposed-at', 'breach', 'severity', 'mode', 'source', 'id', 'time'] as const),
  ...(['expirytime', 'correlationid'] as const),
]

type Values = ReturnType<typeof parseArgs<{ options: typeof INPUT_FLAGS }>>['values']

/** Reads the words that say what to read. Returns a sentence when they can't be used. */
export function parseInputOptions(
  values: Values,
  positionals: readonly string[],
): InputOptions | { wrong: string } {
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) return { wrong: 'give one file, or - for standard input' }
  const { from: vendor, 'members-per-event': most = '1000' } = values
  if (vendor !== undefined && !isVendor(vendor)) return { wrong: `--from: must be ${vendorNames()}` }
  if (!/^([1-9]\d{0,3}|10000)$/.test(most))
    return { wrong: '--members-per-event: must be a whole number from 1 to 10000' }
  const { source = 'urn:breach-reset:list', 'exposed-at': exposedAt, id, time, reason } = values
  const { expirytime, correlationid, breach, severity, mode } = values
  return {
    file,
    vendor,
    list: { source, id, time, expirytime, correlationid, reason, exposedAt, breach, severity, mode },
    hasList: LIST_FLAGS.some((flag) => values[flag] !== undefined),
    maxMembersPerEvent: Number(most),
  }
}

function isVendor(name: string): name is Vendor {
  return Object.hasOwn(adapters, name)
}

function vendorNames(): string {
  return Object.keys(adapters).join(', ')
}
