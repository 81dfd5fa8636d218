import type { Role } from './journal.ts'

/** Who can send a message. `impostor`: may send to the breach queue, but not for each source. `stranger`: only has a queue of their own. */
export type Sender = Role | 'producer' | 'impostor' | 'operator' | 'stranger'

/** As SQS names them, without their sessions. */
export const SENDER_IDS: Record<Sender, string> = {
  'fan-out': 'AROAFANOUT00000000001',
  'require-reset': 'AROAREQUIRERESET00001',
  'end-sessions': 'AROAENDSESSIONS000001',
  producer: 'AROAPRODUCER000000001',
  impostor: 'AROAIMPOSTOR000000001',
  operator: 'AROAOPERATOR000000001',
  stranger: 'AIDASTRANGER000000001',
}

export const FUNCTIONS: ReadonlySet<string> = new Set(
  (['fan-out', 'require-reset', 'end-sessions'] as const).map((role) => SENDER_IDS[role]),
)

/** The attribute `SenderId` of a message. People name their sessions as they like. */
export function senderIdOf(sender: Sender): string {
  return `${SENDER_IDS[sender]}:somebody.canary@leak.example`
}
