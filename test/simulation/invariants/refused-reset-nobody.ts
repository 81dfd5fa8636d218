import type { Invocation, Message, Story } from './story.ts'

const CODES = ['source_not_allowed', 'mode_not_allowed', 'over_limit', 'over_hourly_limit']

/**
 * When a whole event is dead-lettered for its source, its mode or its size, nobody of that message was forwarded before. (Not so
 * when SQS delivers a message twice at the same moment: neither invocation knows of the other.)
 */
export function refusedResetNobody({ invocations }: Story): string[] {
  const all = [...invocations.values()].filter(({ role }) => role === 'fan-out')
  return all.flatMap((invocation) =>
    invocation.sent
      .filter(({ attributes }) => CODES.includes(attributes['failure-code'] ?? ''))
      .flatMap((letter) => forwardedBefore(letter, invocation)),
  )

  function forwardedBefore(letter: Message, invocation: Invocation): string[] {
    const [origin, ...others] = sameEvent(letter, invocation)
    if (!origin || others.length > 0) return []
    return all
      .filter(({ overAt = Number.POSITIVE_INFINITY }) => overAt < invocation.at)
      .filter((earlier) => {
        const [only, ...more] = sameEvent(letter, earlier)
        return only?.message === origin.message && more.length === 0
      })
      .flatMap(({ sent }) => sent)
      .filter(({ queue, json }) => queue === 'reset' && json?.id === origin.json?.id)
      .map(({ message }) => `${letter.message} says that nobody was reset, and ${message} was forwarded`)
  }
}

const sameEvent = ({ json }: Message, { messages }: Invocation) =>
  messages.filter((message) => message.json?.id === json?.id)
