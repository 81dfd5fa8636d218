import * as z from 'zod'
import type { SimulatorSettings } from './settings.ts'

/** Reads the body of a search. Undefined when Stytch, or this simulator, does not understand it. */
export function parseSearch(body: unknown, filterNames: readonly FilterName[]): Search | undefined {
  const parsed = SearchSchema.safeParse(body)
  if (!parsed.success) return undefined
  const { organization_ids, cursor, limit, query } = parsed.data
  const operands = query?.operands ?? []
  if (operands.some(({ filter_name }) => !filterNames.includes(filter_name))) return undefined
  return {
    organizationIds: organization_ids ?? [],
    offset: Number(decode(cursor ?? '')),
    limit: limit ?? DEFAULT_LIMIT,
    filters: operands.map(({ filter_name, filter_value }) => ({
      name: filter_name,
      values: new Set(filter_value.map((value) => value.toLowerCase())),
      size: filter_value.length,
    })),
  }
}

export type Search = {
  /** Only in a search of members. */
  organizationIds: readonly string[]
  /** How many results came on earlier pages. */
  offset: number
  limit: number
  /** All of them must hold. Values are in lower case, as e-mails are found in any case; `size` counts them as given. */
  filters: readonly { name: FilterName; values: ReadonlySet<string>; size: number }[]
}

/** Stytch has more filters. A search by another one gets a 400 here. */
type FilterName = 'member_emails' | 'statuses'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

const SearchSchema = z.object({
  organization_ids: z.array(z.string()).nullish(),
  cursor: z
    .string()
    .refine((cursor) => /^\d*$/.test(decode(cursor)))
    .nullish(),
  limit: z.int().min(1).max(MAX_LIMIT).nullish(),
  query: z
    .object({
      operator: z.literal('AND'),
      operands: z.array(
        z.object({ filter_name: z.enum(['member_emails', 'statuses']), filter_value: z.array(z.string()) }),
      ),
    })
    .nullish(),
})

/** Every e-mail that a search names, in lower case. */
export function emailsOf({ filters }: Pick<Search, 'filters'>): string[] {
  return filters.flatMap(({ name, values }) => (name === 'member_emails' ? [...values] : []))
}

/** Whether an array of the search has more values than allowed. */
export function exceedsFilterLimit(
  { organizationIds, filters }: Search,
  { searchFilterLimit }: SimulatorSettings,
): boolean {
  return [organizationIds.length, ...filters.map(({ size }) => size)].some((size) => size > searchFilterLimit)
}

/** The results that the search asks for, and what Stytch says about all of them. */
export function pageOf<Item>(
  found: readonly Item[],
  search: Search,
  settings: SimulatorSettings,
): Page<Item> {
  const end = search.offset + Math.min(search.limit, settings.searchPageSize)
  const atTheEnd = settings.absentStrings === 'null' ? { next_cursor: null } : {}
  const next = end < found.length ? { next_cursor: encode(String(end)) } : atTheEnd
  return { items: found.slice(search.offset, end), metadata: { total: found.length, ...next } }
}

type Page<Item> = { items: Item[]; metadata: { total: number; next_cursor?: string | null } }

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function decode(text: string): string {
  return Buffer.from(text, 'base64url').toString()
}
