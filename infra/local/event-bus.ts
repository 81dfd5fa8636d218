import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import * as z from 'zod'
import { type OutcomeEvent, OutcomeEventSchema } from '../../lib/contract/outcome-event.ts'
import { parseJson } from '../../lib/contract/parse-json.ts'
import { type AwsEndpoint, answer, type Interceptor, startAwsEndpoint } from './aws-endpoint.ts'

/**
 * Starts EventBridge with one action, PutEvents, on a free port of 127.0.0.1, and one bus for outcome events, given by its name or ARN.
 * Every request passes the interceptor first.
 */
export async function startEventBus({ eventBus, intercept }: EventBusOptions): Promise<LocalEventBus> {
  const taken: BusEvent[] = []
  const emitter = new EventEmitter<{ event: [BusEvent] }>()
  const endpoint = await startAwsEndpoint({
    service: 'eventbridge',
    intercept,
    serve({ call, response }) {
      if (call.action !== 'PutEvents')
        return answer(response, 400, { __type: 'UnknownOperationException', message: call.action })
      const { Entries } = RequestSchema.parse(call.body)
      const problem = findProblem(Entries)
      if (problem) return answer(response, 400, { __type: 'ValidationException', message: problem })
      const judged = Entries.map((entry) => judgeEntry(entry, eventBus))
      for (const result of judged) {
        if ('error' in result) continue
        taken.push(result)
        emitter.emit('event', result)
      }
      return answer(response, 200, {
        FailedEntryCount: judged.filter((result) => 'error' in result).length,
        Entries: judged.map((result) => ('error' in result ? result.error : { EventId: randomUUID() })),
      })
    },
  })
  return {
    ...endpoint,
    events: () => [...taken],
    onEvent: (listener) => void emitter.on('event', listener),
  }
}

export type EventBusOptions = { eventBus: string | undefined; intercept?: Interceptor | undefined }

/** What was put on the bus. `detail`: the outcome event itself. */
export type BusEvent = { bus: string; source: string; detailType: string; detail: OutcomeEvent }

export type LocalEventBus = AwsEndpoint & {
  /** All that the bus has taken, the oldest first. */
  events(): BusEvent[]
  /** Calls the listener with each event that the bus takes from now on. */
  onEvent(listener: (event: BusEvent) => void): void
}

const EntrySchema = z.object({
  EventBusName: z.string().default('default'),
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  Time: z.number().optional(),
  Resources: z.array(z.string()).default([]),
})
type Entry = z.infer<typeof EntrySchema>

const RequestSchema = z.object({ Entries: z.array(EntrySchema) })

const MAX_ENTRIES = 10
/** AWS's API reference. It has announced 1 MB since. */
const MAX_BYTES = 256 * 1024
const BYTES_OF_TIME = 14

/** Why EventBridge takes nothing of a request. */
function findProblem(entries: readonly Entry[]): string | undefined {
  if (entries.length < 1 || entries.length > MAX_ENTRIES)
    return `Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`
  const bytes = entries.map(sizeOf).reduce((sum, size) => sum + size, 0)
  if (bytes > MAX_BYTES) return 'Total size of the entries in the request is over the limit.'
  return undefined
}

function sizeOf({ Source, DetailType, Detail, Resources, Time }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources].map((text) => Buffer.byteLength(text))
  return texts.reduce((sum, size) => sum + size, Time === undefined ? 0 : BYTES_OF_TIME)
}

type Refusal = { error: { ErrorCode: string; ErrorMessage: string } }

/**
 * What becomes of an entry. Throws for an outcome event that its published schema does not have. AWS takes what is for a bus that does not
 * exist, and drops it; here it is refused, so that it shows.
 */
function judgeEntry(entry: Entry, eventBus: string | undefined): BusEvent | Refusal {
  const { EventBusName, Source, DetailType, Detail } = entry
  const refuse = (ErrorCode: string, ErrorMessage: string) => ({ error: { ErrorCode, ErrorMessage } })
  for (const name of ['Source', 'DetailType', 'Detail'] as const)
    if (entry[name] === '') return refuse('InvalidArgument', `Parameter ${name} is not valid.`)
  if (Source.startsWith('aws.'))
    return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.')
  if (eventBus === undefined || toName(EventBusName) !== toName(eventBus))
    return refuse('InvalidArgument', 'The event bus does not exist.')
  const parsed = parseJson(Detail)
  if (parsed.kind !== 'parsed' || !isObject(parsed.value))
    return refuse('MalformedDetail', 'Detail is malformed.')
  OutcomeEventSchema.parse(parsed.value)
  return {
    bus: toName(eventBus),
    source: Source,
    detailType: DetailType,
    detail: parsed.value as OutcomeEvent,
  }
}

/** `arn:aws:events:us-east-1:000000000000:event-bus/local` and `local` are the same bus. */
function toName(eventBus: string): string {
  return eventBus.replace(/^arn:.*:event-bus\//, '')
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
