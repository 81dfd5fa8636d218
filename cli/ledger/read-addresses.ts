import { MemberSchema } from '../../lib/contract/breach-event.ts'
import { ruleOf } from '../../lib/contract/check-breach-event.ts'
import { UsageError } from '../terminal.ts'

/** A person who is asked about, by the number of the line, from 1. */
export type Asked = { line: number; address: string }

/** A line that is not an e-mail address, with the rule that it breaks. */
export type BadLine = { line: number; rule: string }

/** Reads one e-mail address a line; empty lines are skipped. Throws a UsageError if there is none at all. */
export function readAddresses(text: string): { addresses: Asked[]; faults: BadLine[] } {
  const addresses: Asked[] = []
  const faults: BadLine[] = []
  for (const [index, typed] of text.split(/\r?\n/).entries()) {
    if (typed.trim() === '') continue
    const line = index + 1
    const { data: address, error } = MemberSchema.shape.email_address.safeParse(typed)
    if (address !== undefined) addresses.push({ line, address })
    else faults.push({ line, rule: error?.issues.map(ruleOf).join('; ') ?? '' })
  }
  if (addresses.length === 0)
    throw new UsageError('no line is an e-mail address: give one a line, and nothing else')
  return { addresses, faults }
}
