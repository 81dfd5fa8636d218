import { type Run, runsOf } from './runs.ts'
import type { BodyRow, Invocation, Message, Trace } from './trace.ts'

const OF_ROWS = ['invalid_member', 'unsendable']

/**
 * Every message behind fan-out says which run its people are of, and on each person's first row which index the run gives them. So do the
 * dead letters of people and of rows; one of a whole event says what came, except that one over the limit, which can be split, says its run.
 * What a dry run keeps is a delivery of its own.
 */
export function indicesAreKept(trace: Trace): string[] {
  const runs = runsOf(trace)
  return [...trace.invocations.values()].flatMap((invocation) =>
    invocation.sent
      .filter((sent) => sent.json && !isKept(sent, invocation, runs))
      .map(({ message }) => `${invocation.invocation} sent ${message} with another run, or other indices`),
  )
}

function isKept(sent: Message, { role, messages }: Invocation, runs: ReadonlyMap<string, Run>): boolean {
  const origins = messages.filter(({ json }) => json?.id === sent.json?.id)
  if (role !== 'fan-out') return origins.some((origin) => keepsPeople(sent, origin))
  if (sent.queue === 'rehearsed') return marksOf(sent).every((mark) => mark === undefined)
  if (sent.attributes['failure-code'] === 'over_limit')
    return origins.some((origin) => saysItsRun(sent, origin))
  if (sent.queue === 'dead-letter' && !OF_ROWS.includes(sent.attributes['failure-code'] ?? ''))
    return origins.some((origin) => saysTheSame(sent, origin))
  const run = runs.get(sent.json?.resetrun ?? '')
  if (!run || !origins.includes(run.message)) return false
  const bad = sent.json?.data.members.filter((row) => !isOfSomebody(sent, row)) ?? []
  const isOf = (index: unknown) => index === undefined || run.bad.includes(Number(index))
  return (
    (bad.length === 0 || bad.filter((row) => row.row_index !== undefined).length === run.bad.length) &&
    bad.every(({ row_index }) => isOf(row_index)) &&
    [...sent.rows].every(([person, [first]]) => first?.row_index === run.indexOf.get(person))
  )
}

function isOfSomebody({ rows }: Message, row: BodyRow): boolean {
  return [...rows.values()].some((own) => own.includes(row))
}

function keepsPeople(sent: Message, origin: Message): boolean {
  return (
    sent.json?.resetrun === origin.json?.resetrun &&
    [...sent.rows].every(([person, [first]]) => {
      const [before] = origin.rows.get(person) ?? []
      return before !== undefined && before.row_index === first?.row_index
    })
  )
}

function saysTheSame(sent: Message, origin: Message): boolean {
  return JSON.stringify(marksOf(sent)) === JSON.stringify(marksOf(origin))
}

function saysItsRun(sent: Message, origin: Message): boolean {
  const [run, ...indices] = marksOf(sent)
  return run === origin.message && JSON.stringify(indices) === JSON.stringify(marksOf(origin).slice(1))
}

function marksOf({ json }: Message): unknown[] {
  return [json?.resetrun, ...(json?.data.members.map(({ row_index }) => row_index) ?? [])]
}
