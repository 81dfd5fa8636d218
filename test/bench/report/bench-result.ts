import type { Measured, Target } from './judge-targets.ts'

export type Machine = { node: string; cpu: string; cores: number }

/** Everything of one run of the benchmark: what `--json` prints. */
export type BenchResult = Measured & {
  machine: Machine
  rounds: number
  seconds: number
  targets: readonly Target[]
}
