import type { AwsCall } from '../../../infra/local/tap.ts'

export const VICTIMS = ['fanOut', 'requireReset'] as const
export const MOMENTS = ['while it works', 'at a request', 'before its answer is taken'] as const

/** A process to be killed with SIGKILL, and when: in the middle of an invocation, at an AWS request, or after all its work. */
export type Kill = { victim: (typeof VICTIMS)[number]; moment: (typeof MOMENTS)[number] }

export type Killer = {
  arm(kill: Kill): void
  disarm(): void
  /** To be called again and again: kills whoever is to be killed while it works. */
  look(): void
  /** Whether the caller has just been killed at this request. */
  atRequest(call: Pick<AwsCall, 'caller'>): boolean
  /** Whether the function of this name is to die before its answer is taken. */
  beforeAnswer(functionName: string): boolean
  /** How many processes of each function were killed. */
  killed(): Readonly<Record<Kill['victim'], number>>
}

/** Of Stytch, between two kills of a function: without it a slow machine would do nothing but start processes. */
const FEWEST_CALLS = 15
/** Of the looks and the requests: a process that died at the first of them would never come to do anything. */
const STRIKE_SHARE = { look: { fanOut: 0.15, requireReset: 0.03 }, request: 0.3 }

/**
 * Kills processes of the functions as it is armed to, each after some work since its last kill. `kill` ends every process of
 * a function that is in an invocation and returns how many; `calls` counts those of Stytch so far; `random` gives 0 to 1,
 * 1 excluded.
 */
export function createKiller(deps: {
  kill: (victim: Kill['victim']) => number
  calls: () => number
  random: () => number
}): Killer {
  const { kill, calls, random } = deps
  const killed = { fanOut: 0, requireReset: 0 }
  let armed: Kill[] = []
  const callsAtLast = { fanOut: 0, requireReset: 0 }

  function strike(hits: (kill: Kill) => boolean, kill: (victim: Kill['victim']) => number): boolean {
    const hasWorked = ({ victim }: Kill) => calls() - callsAtLast[victim] >= FEWEST_CALLS
    const next = armed.find((kill) => hits(kill) && hasWorked(kill))
    const count = next ? kill(next.victim) : 0
    if (!next || count === 0) return false
    killed[next.victim] += count
    callsAtLast[next.victim] = calls()
    armed = armed.filter((other) => other !== next)
    return true
  }

  const isOf = (victim: Kill['victim'], functionName: string) =>
    functionName.toLowerCase().startsWith(victim.toLowerCase())

  return {
    arm: (next) => void armed.push(next),
    disarm: () => {
      armed = []
    },
    look: () =>
      void strike(
        ({ victim, moment }) => moment === 'while it works' && random() < STRIKE_SHARE.look[victim],
        kill,
      ),
    atRequest: ({ caller }) =>
      strike(
        ({ victim, moment }) =>
          moment === 'at a request' && isOf(victim, caller) && random() < STRIKE_SHARE.request,
        kill,
      ),
    beforeAnswer: (functionName) =>
      strike(
        ({ victim, moment }) => moment === 'before its answer is taken' && isOf(victim, functionName),
        () => 1,
      ),
    killed: () => killed,
  }
}
