import { BREACH_EVENT_TYPE } from './breach-event.ts'
import { findLimitsAround, type MisplacedLimit } from './misplaced-limits.ts'
import { type ParsedJson, parseJson, type Rejection, rejected } from './parse-json.ts'

const MAX_ENVELOPES = 3

/** The path in an envelope, or in the body, of a field of what is in it. */
type PathOf = (field: string) => string

/**
 * What a body holds, not yet checked. `pathOf`: where a field of the event, such as `data.mode`, or of the rejection, is in the body,
 * such as `Message.detail.data.mode`. `beside`: limits that stand in an envelope next to the event, where they have no effect.
 */
type Unwrapped = Content | { kind: 'rejected'; rejection: Rejection; pathOf: PathOf }
export type Content = { kind: 'parsed'; value: unknown; pathOf: PathOf; beside: MisplacedLimit[] }

/**
 * Takes a message body out of its envelopes, which are recognized by their shape, at most three deep: SNS notification, EventBridge
 * event with our detail-type (the event or only its data in `detail`), EventBridge custom bus (`Data`).
 */
export function unwrapEnvelopes(body: string): Unwrapped {
  let content = parseJson(body)
  let pathOf: PathOf = (field) => field
  const beside: MisplacedLimit[] = []
  for (let opened = 0; content.kind === 'parsed'; opened++) {
    const { value } = content
    const envelope = openOne(value)
    if (envelope === 'no envelope') {
      const located = beside.map(({ field, place }) => ({ field, place: pathOf(place) }))
      return { kind: 'parsed', value, pathOf, beside: located }
    }
    if (opened === MAX_ENVELOPES) {
      const detail = `body: is wrapped in more than ${MAX_ENVELOPES} envelopes`
      return { kind: 'rejected', rejection: { code: 'too_many_envelopes', detail }, pathOf }
    }
    const around = pathOf
    beside.push(...findLimitsAround(value).map(({ field, place }) => ({ field: around(field), place })))
    pathOf = (field) => around(envelope.pathOf(field))
    content = envelope.content
  }
  return { ...content, pathOf }
}

type Envelope = { content: ParsedJson; pathOf: PathOf }

function openOne(value: unknown): Envelope | 'no envelope' {
  if (typeof value !== 'object' || value === null || 'specversion' in value) return 'no envelope'
  if (
    'Type' in value &&
    value.Type === 'Notification' &&
    'Message' in value &&
    typeof value.Message === 'string'
  ) {
    return { content: parseJson(value.Message), pathOf: (field) => `Message.${field}` }
  }
  if ('detail-type' in value && 'detail' in value) return openEventBridge(value)
  if ('Data' in value && ('Metadata' in value || 'SystemMetadata' in value)) {
    const content = typeof value.Data === 'string' ? parseJson(value.Data) : parsed(value.Data)
    return { content, pathOf: (field) => `Data.${field}` }
  }
  return 'no envelope'
}

function openEventBridge(event: { 'detail-type': unknown; detail: unknown }): Envelope {
  const { 'detail-type': type, detail } = event
  if (type !== BREACH_EVENT_TYPE) {
    const content = rejected('unsupported_type', `detail-type: must be ${BREACH_EVENT_TYPE}`)
    return { content, pathOf: (field) => field }
  }
  if (typeof detail === 'object' && detail !== null && 'specversion' in detail)
    return { content: parsed(detail), pathOf: (field) => `detail.${field}` }
  return { content: parsed(toEvent(event)), pathOf: pathInDetail }
}

/** An event of EventBridge's own fields around data that has no event around it. `expirytime` has its place in the data then. */
function toEvent(event: { detail: unknown; id?: unknown; source?: unknown; time?: unknown }): object {
  const { id, source, time, detail } = event
  const common = { specversion: '1.0', type: BREACH_EVENT_TYPE, id, source, time }
  if (typeof detail !== 'object' || Array.isArray(detail)) return { ...common, data: detail }
  const { expirytime, ...data } = { expirytime: undefined, ...detail }
  return { ...common, expirytime, data }
}

function pathInDetail(field: string): string {
  return field === 'expirytime' ? 'detail.expirytime' : field.replace(/^data\b/, 'detail')
}

function parsed(value: unknown): ParsedJson {
  return { kind: 'parsed', value }
}
