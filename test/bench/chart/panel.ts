import type { VariantName } from '../variants/variants.ts'

/** One question of the chart: a bar for each variant, in one part or in several that add up. */
export type Panel = {
  title: string
  /** The unit, and which way is better. */
  subtitle: string
  parts: { name: string; values: Partial<Record<VariantName, number>> }[]
  decimals: number
}
