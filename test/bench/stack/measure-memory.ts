import type { Stage } from '../../../infra/stage.ts'
import type { Keep } from '../bench.ts'
import { type ProcessMemory, watchMemory } from '../memory.ts'
import { type Setup, startMeasuredSystem } from './measured-system.ts'

const EVENTS = 5
const MEMBERS_PER_EVENT = 10_000
const LOOK_EVERY_MS = 1000
/** Half the memory makes a leak show sooner; the rate and the environments keep two cores busy. */
const BUSY: Partial<Stage> = { memorySize: 256, stytchRequestsPerSecond: 1000, maximumConcurrency: 4 }

export type MemoryResult = {
  stageName: string
  members: number
  /** The members that were reset before the memory was watched. */
  fromMembers: number
  processes: readonly ProcessMemory[]
}

/** Sends five events of 10,000 members through a busy system. Watches the memory of its processes from the second event on. */
export async function measureMemory(keep: Keep, setup: Setup): Promise<MemoryResult> {
  const bench = await keep(startMeasuredSystem({ ...setup, stage: { ...setup.stage, ...BUSY } }))
  const rows = () => bench.system.stytch.calls().length
  const watch = watchMemory(bench.system, { rows, fromRows: MEMBERS_PER_EVENT })
  const timer = setInterval(watch.look, LOOK_EVERY_MS)
  try {
    for (let index = 0; index < EVENTS; index++)
      await bench.secondsToReset(`memory-${index}`, MEMBERS_PER_EVENT)
  } finally {
    clearInterval(timer)
  }
  await bench.stop()
  const members = EVENTS * MEMBERS_PER_EVENT
  return {
    stageName: setup.stageName,
    members,
    fromMembers: MEMBERS_PER_EVENT,
    processes: watch.processes(),
  }
}
