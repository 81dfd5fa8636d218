import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** The parts of a DynamoDB request that determine its cost. */
export type DynamoDbRequest = {
  Key?: Item
  Item?: Item
  ConsistentRead?: boolean
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
  RequestItems?: Record<
    string,
    | { Keys: Item[]; ConsistentRead?: boolean }
    | { PutRequest?: { Item: Item }; DeleteRequest?: { Key: Item } }[]
  >
}

type CapacityUnits = { writeUnits: number; readUnits: number }

/**
 * The capacity units of a request to a table whose items have at most 4 KB. A write takes a unit per started KB of the item, even
 * when its condition fails; an update is assumed to leave its key and the attributes that it names. A strongly consistent read
 * takes a unit per key and an eventually consistent one half, even when there is no such item. A batch costs the same as its
 * requests one by one. Source: "DynamoDB read and write operations" in the DynamoDB Developer Guide.
 */
export function capacityUnits(action: string, request: DynamoDbRequest): CapacityUnits {
  const { Item, Key = {}, ConsistentRead, RequestItems = {} } = request
  if (action === 'GetItem') return { writeUnits: 0, readUnits: readUnits(1, ConsistentRead) }
  if (action === 'PutItem') return { writeUnits: writeUnits(Item ?? {}), readUnits: 0 }
  if (action === 'DeleteItem') return { writeUnits: writeUnits(Key), readUnits: 0 }
  if (action === 'UpdateItem') return { writeUnits: writeUnits(afterUpdate(request)), readUnits: 0 }
  const sum = { writeUnits: 0, readUnits: 0 }
  for (const table of Object.values(RequestItems)) {
    if (Array.isArray(table)) {
      for (const { PutRequest, DeleteRequest } of table)
        sum.writeUnits += writeUnits(PutRequest?.Item ?? DeleteRequest?.Key ?? {})
    } else sum.readUnits += readUnits(table.Keys.length, table.ConsistentRead)
  }
  return sum
}

/** The item of an update: its key and one attribute for each placeholder of a name. */
function afterUpdate({
  Key,
  ExpressionAttributeNames: names = {},
  ExpressionAttributeValues: values = {},
}: DynamoDbRequest): Item {
  const attributes = Object.values(values)
  const named = Object.values(names).map((name, index) => [name, attributes[index] ?? { NULL: true }])
  return { ...Key, ...Object.fromEntries(named) }
}

function writeUnits(item: Item): number {
  return Math.ceil(itemSize(item) / 1024)
}

function readUnits(keys: number, consistent = false): number {
  return consistent ? keys : keys / 2
}

export type Item = Record<string, AttributeValue>

const OVERHEAD = 3

/**
 * The size of an item in bytes: names and values in UTF-8; a number takes one byte, and one more per two significant digits;
 * a list or map takes three bytes, and one more per element.
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
