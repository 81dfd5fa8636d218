import { wrap, wrapCommand } from '../lines.ts'
import type { Delivery } from '../progress/deliveries.ts'
import { commandAbout, flag, type Named } from '../shell.ts'
import { countRows, refusalCodesOf } from './verdict.ts'

/** The commands to run next. `target`: the flags that name the stage, as they were typed. */
export function nextLines(delivery: Delivery, target: string, columns: number): string[] {
  const { event, state } = delivery
  const commands = [
    ...(event && state === 'open' ? [statusCommand(event, target, '--watch')] : []),
    ...(state === 'refused' || countRows(delivery).dead > 0 ? [redriveCommand(delivery, target)] : []),
    ...(event && state !== 'refused' ? [commandAbout('report', event, target)] : []),
  ]
  if (commands.length === 0) return []
  const isReported = commands.at(-1)?.[0]?.endsWith(' report')
  return [
    '',
    'Next',
    ...commands.flatMap((parts) => wrapCommand(parts, columns)),
    ...(isReported ? wrap('  ', NAMES, columns) : []),
  ]
}

const NAMES = 'With --people FILE, your copy of what was sent, the report says who the rows are.'

/** The command that shows what became of an event, in parts that belong together. */
export function statusCommand(event: Named, target: string, ...flags: readonly string[]): string[] {
  return commandAbout('status', event, target, ...flags)
}

/**
 * Shows what a redrive of each reason does, or splits an event over the limit, after it was confirmed. Without a stage it needs the URLs of
 * both queues.
 */
function redriveCommand(delivery: Delivery, target: string): string[] {
  const { event, state } = delivery
  const queues = ['--from DEAD_LETTER_QUEUE_URL', '--to BREACH_QUEUE_URL']
  const isSplit = event && state === 'refused' && refusalCodesOf(delivery).includes('over_limit')
  return [
    'npx --no breach-reset redrive',
    ...(target.startsWith('--table') ? queues : [target]),
    ...(isSplit ? [flag('event', event.id), '--split'] : []),
  ]
}
