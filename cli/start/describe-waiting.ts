import type { LocalSystem } from '../../infra/local/local-system.ts'

/** What the work queues wait for when nothing moves: a delayed remainder, or the visibility timeout after a crash. */
export function describeWaiting({ inside, queues, functions }: LocalSystem): string {
  const { delayed, inFlight } = inside.depth(queues.reset.url)
  if (delayed > 0) return 'waiting for a delayed retry'
  if (inFlight > 0 && functions.requireReset.running() === 0) return 'waiting for the visibility timeout'
  return ''
}
