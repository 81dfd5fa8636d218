import type { EventKey } from '../../lib/progress/fact.ts'
import { wrapCommand } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { quote } from '../progress/progress-target.ts'
import { countRows } from './verdict.ts'

/** The commands to run next. `target`: the flags that name the stage, as they were typed. */
export function nextLines(delivery: Delivery, target: string, columns: number): string[] {
  const { event, state } = delivery
  const commands = [
    ...(event && state === 'open' ? [statusCommand(event, target, '--watch')] : []),
    ...(state === 'refused' || countRows(delivery).dead > 0 ? [redriveCommand(target)] : []),
    ...(event && state !== 'refused' ? [commandAbout('report', event, target)] : []),
  ]
  return commands.length > 0 ? ['', 'Next', ...commands.flatMap((parts) => wrapCommand(parts, columns))] : []
}

/** The command that shows what became of an event, in parts that belong together. */
export function statusCommand(event: EventKey, target: string, ...flags: readonly string[]): string[] {
  return commandAbout('status', event, target, ...flags)
}

/** An id and a source may begin with a dash. */
function commandAbout(name: string, { id, source }: EventKey, ...flags: readonly string[]): string[] {
  const isFlagLike = id.startsWith('-')
  return [
    `npx --no breach-reset ${name}`,
    ...(isFlagLike ? [] : [quote(id)]),
    `--source${source.startsWith('-') ? '=' : ' '}${quote(source)}`,
    ...flags,
    ...(isFlagLike ? [`-- ${quote(id)}`] : []),
  ]
}

/** Shows what a redrive of each reason does. Without a stage it needs the URLs of both queues. */
function redriveCommand(target: string): string[] {
  const queues = ['--from DEAD_LETTER_QUEUE_URL', '--to BREACH_QUEUE_URL']
  return ['npx --no breach-reset redrive', ...(target.startsWith('--table') ? queues : [target])]
}
