import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export type Item = Record<string, AttributeValue>

const OVERHEAD = 3

/**
 * The size of an item in bytes: the UTF-8 length of names and values; a number takes a byte for two significant digits and one more;
 * lists and maps three bytes and one for each element.
 * Source: "DynamoDB item sizes and formats" in the DynamoDB Developer Guide.
 */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  )
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S)
  if (value.N !== undefined) return Math.ceil(value.N.replace(/^-|\./g, '').length / 2) + 1
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + 1 + valueSize(element), OVERHEAD)
  if (value.M !== undefined) return itemSize(value.M) + Object.keys(value.M).length + OVERHEAD
  return 1
}
