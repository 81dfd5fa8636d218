import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Member } from '../../lib/contract/breach-event.ts'
import { breachEvent } from '../fixtures/breach-event.ts'
import { type Entry, fromEventBridge } from '../fixtures/from-event-bridge.ts'
import { fromSns } from '../fixtures/from-sns.ts'
import { templateOf } from '../infra/template-of.ts'
import { documentedEntries, documentedProducers } from './pages.ts'

const page = readFileSync(new URL('../../docs/producers.md', import.meta.url), 'utf8')

describe('the rule of docs/deploy.md', () => {
  const template = templateOf('prod', { producers: documentedProducers })
  const rules = Object.values(template.findResources('AWS::Events::Rule'))
  const [{ EventBusName = '', EventPattern = {} } = {}] = rules
    .map(({ Properties }) => Properties as { EventBusName?: string; EventPattern?: Record<string, string[]> })
    .filter((properties) => properties.EventPattern)

  /** Lists of values are the only operator that the rule uses; any other fails here. */
  const takes = (entry: Entry) => {
    const event = fromEventBridge(entry)
    const matches = Object.entries(EventPattern).map(([key, values]) => values.includes(String(event[key])))
    return entry.EventBusName === EventBusName && matches.length > 0 && matches.every(Boolean)
  }
  const [entry] = documentedEntries as [Entry]

  it('takes the entry of docs/producers.md', () => {
    expect(documentedEntries.map(takes)).toEqual([true])
  })

  it.each([
    { Source: 'another-feed' },
    { DetailType: 'breach-reset.credential-compromise.v2' },
    { EventBusName: 'another-bus' },
  ])('does not take the same with %j', (change) => {
    expect(takes({ ...entry, ...change })).toBe(false)
  })
})

describe('the limits in docs/producers.md', () => {
  const BYTES = { MiB: 1_048_576, MB: 1_000_000, KiB: 1024 }
  const MAX_IN_SQS = BYTES.MiB
  const [entry] = documentedEntries as [Entry]
  const ids = {
    organization_id: 'organization-live-00000000-0000-4000-8000-000000000001',
    member_id: 'member-live-00000000-0000-4000-8000-000000000002',
  }
  /** A row that with its comma has so many bytes. */
  const rowOf = (bytes: number, row: Omit<Member, 'email_address'>) => {
    const toRow = (name: string) => ({ email_address: `${name}@customer.example`, ...row })
    return toRow('x'.repeat(bytes - 1 - JSON.stringify(toRow('')).length))
  }
  const [byEmail, byIds] = [rowOf(45, {}), rowOf(190, ids)]
  const bytesOf = (value: unknown) =>
    Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value))
  const delivered = {
    SQS: (event: string) => event,
    EventBridge: (event: string) => fromEventBridge({ ...entry, Detail: event }),
    SNS: fromSns,
  }
  const rows = [
    ...page.matchAll(
      /^\| \[?(SQS|EventBridge|SNS)\b.*\| \[(\d+) (MiB|MB|KiB)\].*\| ([\d,]+) \| ([\d,]+) \|$/gm,
    ),
  ].map(([, way, most, unit, ...counts]) => ({
    way: way as keyof typeof delivered,
    most: Number(most) * BYTES[unit as keyof typeof BYTES],
    counts: counts.map((count) => Number(count.replace(',', ''))) as [number, number],
  }))

  it('are there for each way', () => {
    expect(rows.map(({ way }) => way)).toEqual(['SQS', 'EventBridge', 'SNS', 'SNS'])
  })

  it.each(rows)(
    'hold for $way with $most bytes: so many members fit, in the envelope too',
    ({ way, most, counts }) => {
      for (const members of [Array(counts[0]).fill(byEmail), Array(counts[1]).fill(byIds)]) {
        const event = JSON.stringify(breachEvent({ data: { members } }))
        expect(bytesOf(event)).toBeLessThan(most)
        expect(bytesOf(delivered[way](event))).toBeLessThanOrEqual(MAX_IN_SQS)
      }
    },
  )
})
