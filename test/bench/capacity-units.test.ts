import { expect, test } from 'vitest'
import { capacityUnits, type DynamoDbRequest, type Item, itemSize } from './capacity-units.ts'

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) })
const key = { id: text(30) }
const put = (bytes: number) => ({ PutRequest: { Item: { v: text(bytes - 1) } } })

test.each<[string, string, DynamoDbRequest, { writeUnits?: number; readUnits?: number }]>([
  ['a small item takes one unit', 'PutItem', { Item: { v: text(10) } }, { writeUnits: 1 }],
  ['1 KB takes one unit', 'PutItem', { Item: { v: text(1023) } }, { writeUnits: 1 }],
  ['one byte more takes two', 'PutItem', { Item: { v: text(1024) } }, { writeUnits: 2 }],
  ['the name of an attribute counts', 'PutItem', { Item: { vv: text(1023) } }, { writeUnits: 2 }],
  ['a delete takes one unit, even of a missing item', 'DeleteItem', { Key: key }, { writeUnits: 1 }],
  [
    'an update takes the units of the item that it leaves',
    'UpdateItem',
    {
      Key: key,
      ExpressionAttributeNames: { '#data': 'data' },
      ExpressionAttributeValues: { ':data': text(1024) },
    },
    { writeUnits: 2 },
  ],
  ['a consistent read takes one unit', 'GetItem', { Key: key, ConsistentRead: true }, { readUnits: 1 }],
  ['an eventually consistent read takes half a unit', 'GetItem', { Key: key }, { readUnits: 0.5 }],
  [
    'a batch of reads takes one unit for each key',
    'BatchGetItem',
    { RequestItems: { ledger: { Keys: [key, key, key], ConsistentRead: true } } },
    { readUnits: 3 },
  ],
  [
    'a batch of writes rounds up each item, not the sum',
    'BatchWriteItem',
    { RequestItems: { ledger: [put(100), put(100), put(1025), { DeleteRequest: { Key: key } }] } },
    { writeUnits: 5 },
  ],
])('%s', (_, action, request, units) => {
  expect(capacityUnits(action, request)).toEqual({ writeUnits: 0, readUnits: 0, ...units })
})

test.each<[Item, number]>([
  [{ name: { S: 'Zoë' } }, 4 + 4],
  [{ n: { N: '1764042159123' } }, 1 + 8],
  [{ n: { N: '-0.5' } }, 1 + 2],
  [{ b: { BOOL: true } }, 1 + 1],
  [{ l: { L: [{ S: 'ab' }, { S: 'c' }] } }, 1 + 3 + 3 + 2],
  [{ m: { M: { k: { S: 'ab' } } } }, 1 + 3 + 3 + 1],
])('weighs %j', (item, bytes) => {
  expect(itemSize(item)).toBe(bytes)
})
