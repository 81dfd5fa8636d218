import { defineCommand, type FlagValues } from './command.ts'
import { columnsOf, say, wrapCommand } from './lines.ts'
import { toDeliveries } from './progress/deliveries.ts'
import { findEvent, listLatest, openProgress } from './progress/progress-source.ts'
import {
  type ProgressTarget,
  parseEvent,
  parseTarget,
  SOURCE_FLAG,
  TARGET_FLAGS,
} from './progress/progress-target.ts'
import { toDeliveryJson } from './progress/run-json.ts'
import { eventLines } from './status/event-lines.ts'
import { listLines } from './status/list-lines.ts'
import { statusCommand } from './status/next-lines.ts'
import { pausedLines, readPaused } from './status/paused.ts'
import { exitCodeOf } from './status/verdict.ts'
import { watch } from './status/watch.ts'
import { abortWhenInterrupted, INTERRUPTED_CODES, sentenceOf, type Terminal, UsageError } from './terminal.ts'

const FLAGS = {
  ...TARGET_FLAGS,
  ...SOURCE_FLAG,
  watch: {
    type: 'boolean',
    about:
      'follows the event until it is finished; waits up to a minute for one that is not there yet, and for the redrive of one that was refused',
  },
  limit: {
    type: 'string',
    value: 'N',
    about: 'how many of the latest events, 20 unless given; of the last 14 days',
  },
  canaries: { type: 'boolean', about: 'lists test events (canaries) as well' },
  json: { type: 'boolean', about: 'prints one object' },
} as const

/** Shows what became of breach events. Exit code 0 finished, 1 failed, 2 unusable arguments, 3 with dead letters or refused, 4 open. */
export const status = defineCommand({
  call: 'breach-reset status',
  synopsis: [
    '(--stage NAME | --stack NAME | --table NAME) [--limit N] [--canaries] [--json]',
    'EVENT_ID (--stage NAME | ...) [--source SOURCE] [--watch] [--json]',
  ],
  about: [
    'Shows what became of the latest breach events, or of one: how many rows were reset, skipped and dead-lettered, whose sessions ended, what is still open and since when, and what to do next. A row is open until its sessions have ended, too. It reads the table Progress, which has no personal data in it. With --stage or --stack it first says which functions are paused.',
  ],
  positionals: [
    {
      name: 'EVENT_ID',
      about: 'the id of the event; the message id, if no event could be read from the message',
    },
  ],
  flags: FLAGS,
  exitCodes: {
    0: 'the event is finished; or the list is there',
    1: "it can't be read, or there is no such event",
    2: 'unusable arguments',
    3: 'the event is finished, and some of it is dead-lettered; or it was refused',
    4: 'the event is still open',
    ...INTERRUPTED_CODES,
  },
  examples: [
    'npx --no breach-reset status --stage prod',
    'npx --no breach-reset status harvest-41234 --stage prod --watch',
  ],
  parse,
  run: (options, terminal) => abortWhenInterrupted((signal) => run(options, signal, terminal)),
})

type Options = {
  target: ProgressTarget
  which: { id: string; eventSource: string | undefined } | undefined
  limit: number
} & Record<'watch' | 'canaries' | 'json', boolean>

function parse(values: FlagValues<typeof FLAGS>, positionals: readonly string[]): Options {
  const { source, watch, limit, canaries, json } = values
  const [id, ...others] = positionals
  if (others.length > 0) throw new UsageError('give one event id, or none for the latest events')
  if (id === undefined && (source !== undefined || watch))
    throw new UsageError('--source and --watch: only with an event id, which status alone lists')
  if (id !== undefined && (limit !== undefined || canaries))
    throw new UsageError('--limit and --canaries: not with an event id')
  if (limit !== undefined && !/^[1-9]\d{0,2}$/.test(limit))
    throw new UsageError('--limit: must be a whole number from 1 to 999')
  const which = id === undefined ? undefined : parseEvent(id, source)
  return { target: parseTarget(values), which, watch, limit: Number(limit ?? 20), canaries, json }
}

/** How long --watch waits for an event that is not there yet, or the redrive of one that was refused. */
const MAX_WAIT_MS = 60_000

async function run(options: Options, signal: AbortSignal, { stdout, stderr }: Terminal): Promise<number> {
  const { target, which, watch: isWatched, limit, canaries, json } = options
  try {
    const source = await openProgress(target)
    if (which && isWatched) {
      const paused = pausedLines(await readPaused(source), target)
      if (!json && paused.length > 0) say(stderr, paused.join('\n'))
      const watching = { signal, stderr, quiet: json, patienceMs: MAX_WAIT_MS, needsAccepted: true }
      await watch(source, [which], watching)
    }
    const paused = await readPaused(source)
    const now = Date.now()
    const deliveries = which
      ? toDeliveries(await findEvent(source, which, now)).toReversed()
      : await listLatest(source, { limit, canaries, now })
    const [latest, ...before] = which ? deliveries : []
    const columns = columnsOf(stdout)
    const inWords = () => [
      ...pausedLines(paused, target),
      ...(latest
        ? eventLines(latest, before, { columns, now, target: target.typed })
        : listLines(deliveries, columns)),
    ]
    const asJson = { ...paused, deliveries: deliveries.map(toDeliveryJson) }
    if (json) stdout.write(`${JSON.stringify(asJson, undefined, 2)}\n`)
    else say(stdout, inWords().join('\n'))
    return latest ? exitCodeOf(latest) : 0
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (!signal.aborted) say(stderr, sentenceOf(error))
    else if (which && isWatched) {
      const command = statusCommand({ id: which.id, source: which.eventSource }, target.typed, '--watch')
      const again = wrapCommand(command, columnsOf(stderr)).join('\n')
      say(stderr, `not followed any more, which stops nothing. To follow it again:\n${again}`)
    }
    return 1
  }
}
