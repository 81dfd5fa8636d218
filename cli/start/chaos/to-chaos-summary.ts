import { countEnds } from '../count-ends.ts'
import { countLines } from '../count-lines.ts'
import { countOf } from '../count-of.ts'
import { deadLetterLines } from '../dead-letter-lines.ts'
import type { ChaosReport } from './chaos-report.ts'
import type { Explanation } from './explain-repeats.ts'
import { neverHit } from './judge-chaos.ts'

const FAULTS_IN_A_LINE = 4

/** The end of a chaos run in words. `unrecorded`: how many people a dead process may repeat. `wrong`: what it broke. */
export function toChaosSummary(
  report: ChaosReport,
  logs: { lines: number; leaks: number },
  { unrecorded, wrong }: { unrecorded: number; wrong: readonly string[] },
): string {
  const { repeats, newPasswords } = report
  const [first, again] = [countEnds(report.first), countEnds(report.again)]
  const never = neverHit(report)
  const count = (because: Explanation) => repeats.filter((repeat) => repeat.because === because).length
  const missing = countOf(first, 'missing') + countOf(again, 'missing')
  const line = (label: string, value: string | number) => `  ${label.padEnd(48)} ${value}`
  return [
    '',
    `Faults, and how often each hit (--seed ${report.seed} makes the same choices again; what the processes do in between differs)`,
    ...faultLines(report),
    ...(never.length > 0 ? [`  never hit: ${never.join(', ')}`] : []),
    '',
    `First delivery, under faults for ${report.seconds} s: ${first.rows} rows`,
    ...countLines(first),
    '',
    `The same events again, in calm, after ${newPasswords.chosen} members chose new passwords: ${again.rows} rows`,
    ...countLines(again),
    '',
    'Dead letters',
    ...deadLetterLines(first),
    '',
    'Really reset again after a reset, person by person',
    line('the earlier call got no whole good answer', count('unanswered')),
    line(
      'made in an invocation that died or gave up',
      `${count('unrecorded')} (${report.unsettled} of these, at most ${unrecorded} people each)`,
    ),
    line('handled twice at the same moment', count('same moment')),
    line('unexplained', count('unexplained')),
    '',
    "Checked from outside, by the simulated Stytch's own records, the queues and the logs",
    line('rows without an outcome', missing),
    line('messages left on the work queues', report.inQueue),
    line('stolen passwords still alive', report.stolenAlive.length),
    line('reset before, and not covered the second time', report.notCovered.length),
    line(
      'new passwords still alive after the second time',
      `${newPasswords.alive} of ${newPasswords.chosen}`,
    ),
    line('log lines with an e-mail address in them', `${logs.leaks} of ${logs.lines}`),
    ...(report.cutShort > 0 ? [line('messages whose retry delay was cut short', report.cutShort)] : []),
    '',
    ...(wrong.length === 0 ? ['All well.'] : ['Not well:', ...wrong.map((what) => `  ${what}`)]),
    '',
  ].join('\n')
}

function faultLines({ hits }: ChaosReport): string[] {
  const groups = Map.groupBy(hits, ([name]) => name.slice(0, name.indexOf(':')))
  return [...groups].flatMap(([group, faults]) => {
    const words = faults.map(([name, count]) => `${name.slice(group.length + 2)} ${count}`)
    const lines = Array.from({ length: Math.ceil(words.length / FAULTS_IN_A_LINE) }, (_, index) =>
      words.slice(index * FAULTS_IN_A_LINE, (index + 1) * FAULTS_IN_A_LINE).join(' · '),
    )
    return lines.map((text, index) => `  ${(index === 0 ? group : '').padEnd(16)} ${text}`)
  })
}
