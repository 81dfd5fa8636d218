import { callBugs } from './calls.ts'
import { decisionBugs } from './decisions.ts'
import { deliveryBugs } from './deliveries.ts'
import { factBugs } from './facts.ts'
import { fanOutBugs, limitBugs } from './fan-out.ts'
import type { Bug } from './hunt.ts'
import { ledgerBugs } from './ledger.ts'
import { markBugs } from './marks.ts'
import { messageBugs } from './messages.ts'
import { outcomeBugs } from './outcome-events.ts'
import { passOnBugs } from './pass-on.ts'
import { sessionBugs } from './sessions.ts'

/** Every planted bug, by what the code does then. To add one, write an entry into the file of its subject. */
export const BUGS: Record<string, Bug> = {
  ...fanOutBugs,
  ...limitBugs,
  ...decisionBugs,
  ...callBugs,
  ...ledgerBugs,
  ...messageBugs,
  ...passOnBugs,
  ...sessionBugs,
  ...deliveryBugs,
  ...markBugs,
  ...factBugs,
  ...outcomeBugs,
}
