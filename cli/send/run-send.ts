import type { Input } from '../input/input.ts'
import { inputLines } from '../input/input-lines.ts'
import { toInputJson } from '../input/to-input-json.ts'
import { sentenceOf } from '../sentence-of.ts'
import { countOf } from '../start/count-of.ts'
import { toCounts } from '../start/to-counts.ts'
import { localLines } from './local-lines.ts'
import type { SendOptions } from './parse-send-options.ts'
import { sendTo } from './send-to.ts'
import { sentLines } from './sent-lines.ts'
import { toSent } from './to-sent.ts'

const IS_DRY_RUN = 'the stage is a dry run: what it would do is logged, and nobody is reset'

/**
 * Sends what was read, unless something is wrong with it, and tells on standard output what became of it. Resolves to the exit code.
 * `before`: how many of the events an earlier send put on the queue.
 */
export async function runSend(
  input: Input,
  before: number,
  { target, skipInvalid, json }: SendOptions,
  signal: AbortSignal,
): Promise<number> {
  const isValid = input.faults.length === 0
  const say = (lines: readonly string[]) => {
    if (!json) process.stdout.write(`${lines.join('\n')}\n`)
  }
  const tell = (more: object) => {
    if (json) process.stdout.write(`${JSON.stringify({ ...toInputJson(input), ...more }, undefined, 2)}\n`)
  }
  say(inputLines(input))
  if (target === 'nowhere' || !(isValid || skipInvalid) || input.events.length === before) {
    say(['nothing was sent'])
    tell({ before, results: [] })
    return isValid ? 0 : 3
  }
  try {
    const outcome = await sendTo(target, input.events.slice(before), { signal, quiet: json })
    const { results, ends, isDryRun } = outcome
    const sent = toSent(input.events, before, results)
    say([
      ...sentLines(sent, input.time),
      ...(isDryRun ? [IS_DRY_RUN] : []),
      ...(ends ? localLines(ends) : []),
    ])
    tell({
      ...sent,
      resume: sent.resume || undefined,
      time: input.time,
      dry_run: isDryRun,
      ends: ends && toCounts(ends),
    })
    const isDone =
      results.every(({ status }) => status === 'sent') && (!ends || countOf(ends, 'missing') === 0)
    if (!isDone) return 1
    return isValid ? 0 : 3
  } catch (error) {
    const sentence = sentenceOf(error)
    process.stderr.write(`${sentence}\n`)
    tell({ before, results: [], error: sentence })
    return 1
  }
}
