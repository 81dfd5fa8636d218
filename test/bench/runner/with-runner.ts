import path from 'node:path'
import type { SQSEvent } from 'aws-lambda'
import { functionVariables, heapFlags } from '../../../infra/local/lambda/runtime-client.ts'
import type { Bench } from '../start-bench.ts'
import { startProcess } from '../start-process.ts'
import type { VariantName } from '../variants/variants.ts'
import { toEnvironment } from './to-environment.ts'
import { toEvents } from './to-events.ts'

/** ms since the process began: when Node was up, the handler was loaded, and its first call with one member had returned. */
export type FirstCall = { bootedMs: number; loadedMs: number; answeredMs: number }

/** Of one run: how long it took, the CPU it used, and the most memory that the process has had so far. */
export type Run = { wallMs: number; cpuMicros: number; peakRssKb: number }

export type Runner = { firstCall: FirstCall; run(events: SQSEvent[]): Promise<Run> }

const MEMORY_MB = 512

/** Starts a fresh process that loads a variant's bundle and calls it with one member. `work` is given the process, which is gone afterwards. */
export async function withRunner<Result>(
  bench: Bench,
  variant: VariantName,
  inFlight: number,
  work: (runner: Runner) => Promise<Result>,
): Promise<Result> {
  const env = functionVariables(
    {
      name: variant,
      assetDirectory: bench.bundles[variant],
      handler: 'index.handler',
      environment: toEnvironment(bench, inFlight),
      timeoutMs: 0,
      memoryMb: MEMORY_MB,
      onLog: () => {},
    },
    '',
  )
  const args = [JSON.stringify(toEvents(1, { perEvent: 1 })[0])]
  const child = startProcess<SQSEvent[], FirstCall | Run>(path.join(import.meta.dirname, 'main.cjs'), {
    ...{ env, args, execArgv: heapFlags(MEMORY_MB) },
  })
  const forget = bench.remember(child.stop)
  try {
    const firstCall = (await child.hear()) as FirstCall
    return await work({ firstCall, run: (events) => child.ask(events) as Promise<Run> })
  } finally {
    await child.stop()
    forget()
  }
}
