import * as z from 'zod'

/** A list that names at least one, and each once. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item, { error: 'must be a list' })
    .min(1, { error: 'must name at least one, or be left out' })
    .refine((items) => new Set(items).size === items.length, { error: 'must name each once' })
}
