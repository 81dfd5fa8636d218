import type { Answer, RequireReset } from '../../../../lib/stytch/require-reset.ts'
import type { Environment } from '../../../simulation/world/environment.ts'
import type { World } from '../../../simulation/world/world.ts'

const JITTER = 0.4

/**
 * Stytch without a fault for the simulation: answers after `latencyMs` on average, 40 % more or less, half of it spent on
 * the way there. `onArrival` is told the person's number and the moment (ms of the simulated clock).
 */
export function createSteadyStytch(
  { timeline, dice, people, stytch }: World,
  environment: Environment,
  { latencyMs, onArrival }: { latencyMs: number; onArrival: (person: number, at: number) => void },
): RequireReset {
  const way = () => (latencyMs / 2) * (1 - JITTER + 2 * JITTER * dice.roll('latency'))
  return (member, credentials) =>
    new Promise<Answer>((resolve) => {
      timeline.after(way(), () => {
        const { answer } = stytch.call(member, credentials)
        onArrival(Number(people.named(member.email_address)?.slice(1)), timeline.now())
        timeline.after(way(), () => environment.isAlive() && resolve(answer))
      })
    })
}
