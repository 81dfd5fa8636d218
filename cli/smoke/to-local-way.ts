import type { LocalSystem } from '../../infra/local/local-system.ts'
import type { Way } from './way.ts'

/** The way through a local system. `lines`: what its functions have logged, filled by its `onLog`. */
export function toLocalWay({ sqs, queues }: LocalSystem, lines: readonly string[]): Way {
  return {
    sqs,
    queueUrls: {
      breach: queues.breach.url,
      reset: queues.reset.url,
      deadLetter: queues.deadLetter.url,
    },
    readLines: async () => lines,
    lookEveryMs: 50,
  }
}
