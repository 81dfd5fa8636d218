/** The longest that SQS delays a message. */
export const MAX_DELAY_SECONDS = 900

/**
 * How long (whole seconds, at most 900) to wait before a smaller event is delivered:
 * exponential in the attempts so far, half of it random, so that remainders of one outage don't come back together.
 */
export function retryDelay(attempts: number, random: () => number): number {
  const ceiling = Math.min(MAX_DELAY_SECONDS, 15 * 2 ** attempts)
  return Math.ceil(ceiling * (0.5 + random() / 2))
}
