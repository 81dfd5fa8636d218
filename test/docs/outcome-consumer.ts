import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { CloudEvent, HTTP } from 'cloudevents'
import type { OutcomeEvent } from '../../lib/contract/outcome-event.ts'
import { EVENTBRIDGE_SOURCE } from '../../lib/progress/event-bus.ts'
import { fromEventBridge } from '../fixtures/from-event-bridge.ts'
import { matchesPattern } from './event-pattern.ts'
import { filesOf } from './pages.ts'

const schema = readFileSync(new URL('../../docs/outcome-event.v1.schema.json', import.meta.url), 'utf8')
const isValid = new Ajv2020({ formats: { 'date-time': true } }).compile(JSON.parse(schema))

/** The patterns of docs/outcomes.md, by the name of their file. */
const PATTERNS = Object.entries(filesOf('docs/outcomes.md')).filter(([, text]) =>
  text.includes(`"source": ["${EVENTBRIDGE_SOURCE}"]`),
)

/** What the published schema has against an event. */
export function problemsOf(event: unknown): unknown[] {
  return isValid(event) ? [] : (isValid.errors ?? [])
}

/** Reads an event in structured JSON with the SDK of CloudEvents, which checks it. Returns what the SDK has of it, as JSON. */
export function readAsCloudEvent(body: string): unknown {
  const headers = { 'content-type': 'application/cloudevents+json' }
  const parsed = HTTP.toEvent<OutcomeEvent['data']>({ headers, body })
  if (Array.isArray(parsed)) throw new Error('a batch')
  new CloudEvent(parsed).validate()
  return JSON.parse(JSON.stringify(parsed))
}

/** Names the patterns of docs/outcomes.md that match an event on the bus. */
export function namesOfPatterns(event: OutcomeEvent): string[] {
  const onTheBus = fromEventBridge({
    EventBusName: 'security',
    Source: EVENTBRIDGE_SOURCE,
    DetailType: event.type,
    Detail: JSON.stringify(event),
  })
  return PATTERNS.flatMap(([file, text]) => (matchesPattern(JSON.parse(text), onTheBus) ? [file] : []))
}
