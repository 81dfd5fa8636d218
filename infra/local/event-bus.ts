import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import * as z from 'zod'
import { type OutcomeEvent, OutcomeEventSchema } from '../../lib/contract/outcome-event.ts'
import { type AwsEndpoint, answer, type EndpointOptions, startAwsEndpoint } from './aws-endpoint.ts'

/**
 * Starts EventBridge with one action, PutEvents, on a free port of 127.0.0.1, and one bus for outcome events, given by its name or ARN.
 * Every request passes the interceptor first. What the functions never send fails.
 */
export async function startEventBus({ eventBus, ...options }: EventBusOptions): Promise<LocalEventBus> {
  const taken: BusEvent[] = []
  const emitter = new EventEmitter<{ event: [BusEvent] }>()
  const endpoint = await startAwsEndpoint({
    service: 'eventbridge',
    ...options,
    serve({ call, response }) {
      if (call.action !== 'PutEvents')
        return answer(response, 400, { __type: 'UnknownOperationException', message: call.action })
      const { Entries } = RequestSchema.parse(call.body)
      const problem = findProblem(Entries)
      if (problem) return answer(response, 400, { __type: 'ValidationException', message: problem })
      const events = Entries.map((entry) => toBusEvent(entry, eventBus))
      for (const event of events.filter((one) => one !== undefined)) {
        taken.push(event)
        emitter.emit('event', event)
      }
      return answer(response, 200, {
        FailedEntryCount: events.filter((event) => event === undefined).length,
        Entries: events.map((event) => (event ? { EventId: randomUUID() } : NO_SUCH_BUS)),
      })
    },
  })
  return {
    ...endpoint,
    events: () => [...taken],
    onEvent: (listener) => void emitter.on('event', listener),
  }
}

type EventBusOptions = EndpointOptions & { eventBus: string | undefined }

/** What was put on the bus. `detail`: the outcome event itself. */
export type BusEvent = { bus: string; source: string; detailType: string; detail: OutcomeEvent }

export type LocalEventBus = AwsEndpoint & {
  /** All that the bus has taken, the oldest first. */
  events(): BusEvent[]
  /** Calls the listener with each event that the bus takes from now on. */
  onEvent(listener: (event: BusEvent) => void): void
}

const EntrySchema = z.strictObject({
  EventBusName: z.string(),
  Source: z.string().min(1),
  DetailType: z.string().min(1),
  Detail: z.string(),
  Time: z.number(),
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
  const texts = entries.flatMap(({ Source, DetailType, Detail }) => [Source, DetailType, Detail])
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), entries.length * BYTES_OF_TIME)
  return bytes > MAX_BYTES ? 'Total size of the entries in the request is over the limit.' : undefined
}

/** AWS takes what is for a bus that does not exist, and drops it; here it is refused, so that it shows. */
const NO_SUCH_BUS = { ErrorCode: 'InvalidArgument', ErrorMessage: 'The event bus does not exist.' }

/** Returns undefined for an entry of another bus. Throws for an outcome event that its published schema does not have. */
function toBusEvent(entry: Entry, eventBus: string | undefined): BusEvent | undefined {
  const bus = toName(entry.EventBusName)
  if (eventBus === undefined || bus !== toName(eventBus)) return undefined
  const detail = JSON.parse(entry.Detail)
  OutcomeEventSchema.parse(detail)
  return { bus, source: entry.Source, detailType: entry.DetailType, detail }
}

/** `arn:aws:events:us-east-1:000000000000:event-bus/local` and `local` are the same bus. */
function toName(eventBus: string): string {
  return eventBus.replace(/^arn:.*:event-bus\//, '')
}
