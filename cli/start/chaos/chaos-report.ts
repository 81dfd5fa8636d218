import type { RowEnd } from '../row-end.ts'
import type { Repeat } from './explain-repeats.ts'

/** What was seen from outside: over the chaos and until the queues were empty, and over the calm second delivery. */
export type ChaosReport = {
  seed: number
  seconds: number
  /** How often each kind of fault hit, also those that never did. */
  hits: ReadonlyMap<string, number>
  /** Invocations of require-reset that ended without settling: by a kill, the time limit, or a message given back. */
  unsettled: number
  first: readonly RowEnd[]
  again: readonly RowEnd[]
  repeats: readonly Repeat[]
  inQueue: number
  /** Messages whose retry delay was cut short at the end. */
  cutShort: number
  /** E-mails of people who are not on the dead-letter queue and whose stolen password still works. */
  stolenAlive: readonly string[]
  /** E-mails of people whose password was killed by the first deliveries and who were not covered in the second. */
  notCovered: readonly string[]
  /** Of members who were reset and are not on the dead-letter queue: who chose a new password before the second delivery. */
  newPasswords: { chosen: number; alive: number }
}
