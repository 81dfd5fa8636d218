import type { Stage } from '../../infra/stage.ts'
import { countOf } from './count-of.ts'
import { countStrays } from './count-strays.ts'
import type { ProcessMemory } from './create-memory-watch.ts'
import { describeDuration } from './describe-duration.ts'
import type { Report } from './run-deliveries.ts'

/** What only a long run tells of: the stage it ran with, and the memory of the functions' processes from some numbers of rows on. */
export type LongRun = { stage: Stage; memory: { fromRows: number; processes: readonly ProcessMemory[] }[] }

const MEGABYTE = 1024 * 1024

/** How fast a long run was, and the memory of its functions. */
export function longRunLines({ first, again, seconds }: Report, { stage, memory }: LongRun): string[] {
  const { stytchRequestsPerSecond, maximumConcurrency } = stage
  const line = (label: string, value: string) => `  ${label.padEnd(42)} ${value}`
  const speed = (rows: number, took: number) =>
    `${describeDuration(took)}, ${Math.round(rows / took)} rows a second`
  return [
    `Speed and memory, with a budget of ${stytchRequestsPerSecond} calls/s and ${maximumConcurrency} environments`,
    line('first delivery', `${speed(first.rows, seconds.first)} (${countOf(first, 'reset')} resets)`),
    line('second delivery', speed(again.rows, seconds.again)),
    ...memory.flatMap(({ fromRows, processes }) =>
      memoryLines(fromRows, processes).map(([label, value]) => line(label, value)),
    ),
    '',
  ]
}

function memoryLines(fromRows: number, processes: readonly ProcessMemory[]): [string, string][] {
  if (processes.length === 0) return [[`memory from ${fromRows} rows on`, 'none measured']]
  const lines = [...Map.groupBy(processes, ({ name }) => name)].map(([name, group]): [string, string] => {
    const of = (key: 'atStart' | 'least' | 'greatest' | 'atEnd') => group.map((memory) => memory[key])
    const between = range([...of('least'), ...of('greatest')])
    return [
      `${name}, ${group.length} processes, from ${fromRows} on`,
      `${range(of('atStart'))} MB at first, ${between} MB in between, ${range(of('atEnd'))} MB at the end`,
    ]
  })
  return [...lines, ['  each within ±10 % of its first', judge(processes)]]
}

function judge(processes: readonly ProcessMemory[]): string {
  const { above, below } = countStrays(processes)
  const reasons = [
    ...(above > 0 ? [`${above} grew by more`] : []),
    ...(below > 0 ? [`${below} fell by more`] : []),
  ]
  return reasons.length === 0 ? 'yes' : `no: ${reasons.join(', ')}`
}

function range(bytes: readonly number[]): string {
  const [least, most] = [Math.min(...bytes), Math.max(...bytes)].map((value) => Math.round(value / MEGABYTE))
  return least === most ? `${least}` : `${least} to ${most}`
}
