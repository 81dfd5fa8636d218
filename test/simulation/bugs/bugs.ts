import type { Bug } from './bug.ts'
import { callBugs } from './call-bugs.ts'
import { fanOutBugs } from './fan-out-bugs.ts'
import { ledgerBugs } from './ledger-bugs.ts'
import { queueBugs } from './queue-bugs.ts'
import { trustBugs } from './trust-bugs.ts'

/** Every deliberate bug by what it does. */
export const BUGS: Record<string, Bug> = {
  ...fanOutBugs,
  ...trustBugs,
  ...callBugs,
  ...ledgerBugs,
  ...queueBugs,
}
