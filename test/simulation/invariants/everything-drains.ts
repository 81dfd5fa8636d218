import type { Story } from './story.ts'

/** When the faults are over, both work queues become empty without anybody's doing. */
export function everythingDrains({ run }: Story): string[] {
  const { breach, reset } = run.world.queues
  return [...breach.all(), ...reset.all()].map(
    ({ id, receives }) => `${id} is still there, received ${receives} times`,
  )
}
