import { bootFanOut } from './boot-fan-out.ts'
import { bootRequireReset } from './boot-require-reset.ts'
import type { Seams } from './seams.ts'
import { startMapping } from './start-mapping.ts'
import type { World } from './world.ts'

/** Has both functions read their queues. */
export function startFunctions(world: World, seams: Seams): void {
  startMapping(world, {
    role: 'fan-out',
    queue: world.queues.breach,
    boot: (environment) => bootFanOut(world, environment, seams),
  })
  startMapping(world, {
    role: 'require-reset',
    queue: world.queues.reset,
    boot: (environment) => bootRequireReset(world, environment, seams),
  })
}
