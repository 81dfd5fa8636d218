import type { adapters } from '../../../../lib/producer/adapters/adapters.ts'

const lengthOf = (value: unknown) => (Array.isArray(value) ? value.length : 1)
const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined

/** How many records are in a document of a vendor, of the right shape or not. */
export const countRecords = {
  spycloud: (document) => {
    const results = fieldOf(document, 'results')
    return lengthOf(Array.isArray(results) ? results : document)
  },
  enzoic: lengthOf,
  hibp: (document) =>
    Object.values(fieldOf(document, 'breached_domain') ?? {})
      .map(lengthOf)
      .reduce((sum, count) => sum + count, 0),
  'push-security': lengthOf,
} satisfies Record<keyof typeof adapters, (document: unknown) => number>
