import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from './plan-chaos.ts'

const LOOK_EVERY_MS = 10

/** Does each step when its time has come, and looks in between; resolves after `seconds`. */
export async function playSteps(
  steps: readonly Step[],
  seconds: number,
  { perform, look }: { perform: (step: Step) => void; look: () => void },
): Promise<void> {
  const startedAt = performance.now()
  const left = [...steps]
  for (let atMs = 0; atMs < seconds * 1000; atMs = performance.now() - startedAt) {
    while (left[0] && left[0].atMs <= atMs) perform(left.shift() as Step)
    look()
    await sleep(LOOK_EVERY_MS)
  }
  for (const step of left) perform(step)
}
