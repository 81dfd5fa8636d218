import type { Invocation, Message, Story } from './story.ts'

const GIVEN_UP = ['still failing when the retry horizon ended', 'was reset at']
const NOT_THE_MEMBERS = /^(401|429|5\d\d|timeout|connection_lost|unreachable)/

/** Nobody is dead-lettered for a transient answer, or one about the key, before the retry horizon ends. */
export function faultsAreNotBlamed({ invocations }: Story): string[] {
  return [...invocations.values()].flatMap((invocation) =>
    invocation.sent
      .filter((message) => message.queue === 'dead-letter' && isBlamed(message, invocation))
      .map(
        ({ message, attributes }) =>
          `${message}: a fault is blamed on a member (${attributes['failure-code']})`,
      ),
  )
}

function isBlamed({ attributes, rows }: Message, { role, calls }: Invocation): boolean {
  const { 'failure-code': code, 'failure-detail': detail = '' } = attributes
  const [person] = rows.keys()
  if (role === 'fan-out' || !person || code === 'expired') return false
  if (GIVEN_UP.some((start) => detail.startsWith(start))) return false
  const own = calls.filter((call) => call.person === person && call.answered)
  return own.every(({ answered }) => NOT_THE_MEMBERS.test(answered?.as ?? ''))
}
