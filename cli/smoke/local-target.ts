import { localStage } from '../../infra/local/local-stage.ts'
import { type LocalSystem, startLocalSystem } from '../../infra/local/local-system.ts'
import type { SmokeTarget } from './target.ts'

/** Boots the system on this machine, with a simulated Stytch. Resolves to the target, and what stops it. */
export async function bootLocalTarget(): Promise<{ target: SmokeTarget; stop: () => Promise<void> }> {
  const lines: string[] = []
  const onLog = (line: string) => void lines.push(line)
  const system = await startLocalSystem({ stageName: 'local', stage: localStage, onLog })
  return { target: toTarget(system, lines), stop: () => system.stop() }
}

function toTarget({ sqs, queues }: LocalSystem, lines: readonly string[]): SmokeTarget {
  return {
    sqs,
    queueUrls: {
      breach: queues.breach.url,
      reset: queues.reset.url,
      sessions: queues.sessions?.url,
      deadLetter: queues.deadLetter.url,
    },
    endsSessions: queues.sessions !== undefined,
    readLines: async () => lines,
    lookEveryMs: 50,
  }
}
