/** The longest that SQS delays a message. */
export const MAX_DELAY_SECONDS = 900

/**
 * How long to wait before a smaller event is delivered, in whole seconds, at most 900. Exponential in the attempts so far, half of
 * it random, so that the events of one outage don't come back together.
 */
export function retryDelay(attempts: number, random: () => number): number {
  const ceiling = Math.min(MAX_DELAY_SECONDS, 15 * 2 ** attempts)
  return Math.ceil(ceiling * (0.5 + random() / 2))
}
