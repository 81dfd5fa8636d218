import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { readDeadLetters } from '../../../../cli/start/dead-letters.ts'
import { countQueued } from '../../../../cli/start/deliveries.ts'
import type { LocalSystem } from '../../../../infra/local/local-system.ts'
import { MemberSchema } from '../../../../lib/contract/breach-event.ts'
import { breachEvent } from '../../../fixtures/breach-event.ts'

/** Adds the people of one event to the simulated Stytch, each with a password and a session. The first `failing` are refused permanently. */
export function addCrowd(
  system: LocalSystem,
  name: string,
  { size, failing = 0 }: { size: number; failing?: number },
) {
  const emails = Array.from({ length: size }, (_, index) => `${name}-${index}@crowd.example`)
  const { organizationId } = system.stytch.addOrganization()
  for (const [index, email] of emails.entries()) {
    system.stytch.addMember({ email, organizationId })
    system.stytch.setPassword(email, Date.now() - 1000)
    system.stytch.addSession({ email, startedAt: Date.now() - 1000 })
    if (index < failing)
      system.stytch.fault({ kind: 'error', status: 400, errorType: 'invalid_email', email })
  }
  const members = emails.map((email_address) => ({ email_address }))
  return { emails, event: breachEvent({ id: name, data: { members } }) }
}

/** Sends a body to the breach queue, as any SQS client would, or to the reset queue, as fan-out would. */
export async function send({ sqs, queues }: LocalSystem, body: unknown, to: 'breach' | 'reset' = 'breach') {
  const MessageBody = typeof body === 'string' ? body : JSON.stringify(body)
  await sqs.send(new SendMessageCommand({ QueueUrl: queues[to].url, MessageBody }))
}

/** How many messages are on some of the work queues, visible or not. */
export function countOn(
  { queues, inspector }: LocalSystem,
  names: readonly ('breach' | 'reset' | 'sessions')[],
): number {
  const depths = [...new Set(names)].map((name) => queues[name] && inspector.depth(queues[name].url))
  return depths.reduce((sum, depth) => sum + (depth ? depth.visible + depth.inFlight + depth.delayed : 0), 0)
}

export const isDrained = (system: LocalSystem): boolean => countQueued(system) === 0

/** The e-mails among these whose members still have a session. */
export function signedIn({ stytch }: LocalSystem, emails: readonly string[]): string[] {
  const open = stytch.sessions().filter(({ revokedAt }) => revokedAt === undefined)
  const addresses = new Set(open.map(({ email }) => email))
  return emails.filter((email) => addresses.has(email))
}

/** How many times Stytch really reset each e-mail. */
export function countResets({ stytch }: LocalSystem, emails: readonly string[]): Map<string, number> {
  const resets = stytch.calls().filter(({ effect }) => effect !== 'none')
  const counts = Map.groupBy(resets, ({ email }) => email)
  return new Map(emails.map((email) => [email, counts.get(email)?.length ?? 0]))
}

/** The e-mails of the people on the dead-letter queue. */
export function deadLettered(system: LocalSystem): Set<string> {
  const rows = readDeadLetters(system).flatMap((letter) => letter.rows)
  return new Set(rows.flatMap((row) => MemberSchema.safeParse(row).data?.email_address ?? []))
}
