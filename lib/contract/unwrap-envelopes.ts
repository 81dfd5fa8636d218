import { BREACH_EVENT_TYPE } from './breach-event.ts'
import { type ParsedJson, parseJson, rejected } from './parse-json.ts'

const MAX_ENVELOPES = 3

/**
 * Takes a message body out of its envelopes, which are recognized by their shape, at most three deep: SNS notification, EventBridge
 * event with our detail-type (the event or only its data in `detail`), EventBridge custom bus (`Data`).
 * Returns the content, not yet checked.
 */
export function unwrapEnvelopes(body: string): ParsedJson {
  let inner = parseJson(body)
  for (let opened = 0; inner.kind === 'parsed'; opened++) {
    const next = openOne(inner.value)
    if (next === 'no envelope') return inner
    if (opened === MAX_ENVELOPES) {
      return rejected('too_many_envelopes', `body: is wrapped in more than ${MAX_ENVELOPES} envelopes`)
    }
    inner = next
  }
  return inner
}

function openOne(value: unknown): ParsedJson | 'no envelope' {
  if (typeof value !== 'object' || value === null || 'specversion' in value) return 'no envelope'
  if (
    'Type' in value &&
    value.Type === 'Notification' &&
    'Message' in value &&
    typeof value.Message === 'string'
  ) {
    return parseJson(value.Message)
  }
  if ('detail-type' in value && 'detail' in value) return openEventBridge(value)
  if ('Data' in value && ('Metadata' in value || 'SystemMetadata' in value)) {
    return typeof value.Data === 'string' ? parseJson(value.Data) : { kind: 'parsed', value: value.Data }
  }
  return 'no envelope'
}

function openEventBridge(event: { 'detail-type': unknown; detail: unknown }): ParsedJson {
  if (event['detail-type'] !== BREACH_EVENT_TYPE) {
    return rejected('unsupported_type', `detail-type: must be ${BREACH_EVENT_TYPE}`)
  }
  if (typeof event.detail === 'object' && event.detail !== null && 'specversion' in event.detail) {
    return { kind: 'parsed', value: event.detail }
  }
  const { id, source, time } = event as { id?: unknown; source?: unknown; time?: unknown }
  const value = { specversion: '1.0', type: BREACH_EVENT_TYPE, id, source, time, data: event.detail }
  return { kind: 'parsed', value }
}
