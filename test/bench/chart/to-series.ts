import { VARIANT_NAMES, type VariantName } from '../variants/variants.ts'
import type { Panel } from './panel.ts'

const COLORS: Record<VariantName, string> = {
  'breach-reset': '#1b7837',
  'breach-reset-bare': '#7fbf7b',
  'peer-a': '#d95f02',
  'peer-b': '#f2a65a',
  floor: '#9aa0a6',
}
const PART_COLORS = ['#5e4fa2', '#3288bd', '#abdda4']

/** A panel's series for the axes with its index: the parts of the bars, and a last one of no length that carries the sum. */
export function toSeries({ parts, decimals }: Panel, index: number) {
  const bars = { type: 'bar', stack: String(index), xAxisIndex: index, yAxisIndex: index, barWidth: 22 }
  const sumOf = (variant: VariantName) => parts.reduce((sum, { values }) => sum + (values[variant] ?? 0), 0)
  return [
    ...parts.map(({ name, values }, part) => ({
      ...bars,
      ...(name && { name, itemStyle: { color: PART_COLORS[part] } }),
      data: VARIANT_NAMES.map((variant) => ({
        value: values[variant] ?? 0,
        ...(!name && { itemStyle: { color: COLORS[variant] } }),
      })),
    })),
    {
      ...bars,
      data: VARIANT_NAMES.map((variant) => ({
        value: 0,
        label: {
          ...{ show: true, position: 'right', fontSize: 12, fontWeight: 'bold', color: '#333' },
          formatter: sumOf(variant).toLocaleString('en', {
            minimumFractionDigits: decimals,
            maximumFractionDigits: decimals,
          }),
        },
      })),
    },
  ]
}
