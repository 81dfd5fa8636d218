import { type Message, STRANGER, type Trace } from './trace.ts'

/**
 * Nothing comes in from a letter that no function of ours wrote, or SQS moved from a queue of theirs. As long as the operator names nothing,
 * nothing comes in from one that asks, either, nor from one that SQS moved, unless it is only about sessions.
 */
export function onlyNamedLettersComeIn({ run, messages, invocations }: Trace): string[] {
  return [...messages.values()].flatMap((redrive) => {
    const letter = letterOf(redrive, messages)
    if (!letter || letter.queue === 'rehearsed') return []
    const isAgain = letter.queue === 'sessions' || letter.attributes.redrive === 'again'
    const isRight =
      (invocations.has(letter.by) && isAgain) || (isNamed(redrive, run) && letter.by !== STRANGER)
    return isRight ? [] : [`${redrive.message} comes from ${letter.message}, which nobody named`]
  })
}

/** The letter that a message on the breach queue is a redrive of. */
export function letterOf({ queue, by }: Message, messages: Trace['messages']): Message | undefined {
  return queue === 'breach' ? messages.get(by.replace('redrive of ', '')) : undefined
}

/** Whether a redrive is of the time when the operator names what they redrive. */
export function isNamed({ at }: Message, { scenario, world }: Trace['run']): boolean {
  const { redriveAt = 0, redriveAgainAfter = Number.POSITIVE_INFINITY } = scenario
  return at >= world.startedAt + redriveAt + redriveAgainAfter
}
