import { expect, it } from 'vitest'
import { splitLetter } from '../../../cli/redrive/split.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'

const FENCE = '2026-11-18T10:00:00.000Z'
const row = (name: string, more: object = {}) => ({ email_address: `${name}@x.example`, ...more })
const bodyOf = (members: readonly unknown[], more: object = {}) =>
  JSON.stringify(breachEvent({ fence: FENCE, resetrun: 'run-1', ...more, data: { members } }))
const split = (members: readonly unknown[], max: number) =>
  splitLetter({ body: bodyOf(members), maxMembers: max }, {}).events.map((body) => JSON.parse(body))
const rowsOf = (pieces: { data: { members: unknown[] } }[]) => pieces.map(({ data }) => data.members)

it('cuts an event into the same event, with its fence and its run, and each row with its place', () => {
  const [first, second, ...more] = split([row('ada'), row('bob'), row('cyd')], 2)
  const { data: _, ...event } = JSON.parse(bodyOf([]))
  expect(first).toMatchObject(event)
  expect(second).toMatchObject(event)
  expect([rowsOf([first, second]), more]).toEqual([
    [[row('ada', { row_index: 0 }), row('bob', { row_index: 1 })], [row('cyd', { row_index: 2 })]],
    [],
  ])
})

it('keeps all rows of a person together, also when they are written differently', () => {
  const rows = [row('ada'), row('bob'), row('cyd'), row('ADA', { member_id: 'm' })]
  expect(rowsOf(split(rows, 2))).toEqual([
    [row('ada', { row_index: 0 }), row('ADA', { member_id: 'm', row_index: 3 })],
    [row('bob', { row_index: 1 }), row('cyd', { row_index: 2 })],
  ])
})

it('keeps the index that a row has', () => {
  const rows = [row('ada', { row_index: 7 }), row('bob', { row_index: 'x' })]
  expect(rowsOf(split(rows, 1))).toEqual([[row('ada', { row_index: 7 })], [row('bob', { row_index: 1 })]])
})

it('keeps rows that are not valid, also those that are not objects, each with its index: fan-out says what is wrong with them', () => {
  const rows = [{ email_address: 'no address', note: 1 }, 'text', null, 7]
  expect(rowsOf(split(rows, 2))).toEqual([
    [
      { email_address: 'no address', note: 1, row_index: 0 },
      { row: 'text', row_index: 1 },
    ],
    [
      { row: null, row_index: 2 },
      { row: 7, row_index: 3 },
    ],
  ])
})

it('makes pieces that SQS takes, with room for a reason', () => {
  const long = 'x'.repeat(100_000)
  const rows = Array.from({ length: 30 }, (_, index) => ({ email_address: `p${index}`, long }))
  const pieces = splitLetter({ body: bodyOf(rows), maxMembers: 1000 }, {}).events
  expect(pieces.every((body) => Buffer.byteLength(body) <= 1_000_000)).toBe(true)
  expect(rowsOf(pieces.map((body) => JSON.parse(body))).flat()).toHaveLength(30)
  expect(pieces).toHaveLength(4)
})

it('cuts nothing if one person has more rows than the limit, or there is no event', () => {
  const rows = ['a', 'b', 'c'].map((member_id) => row('ada', { member_id }))
  expect(split([row('bob'), ...rows], 2)).toEqual([])
  expect(splitLetter({ body: 'rubbish', maxMembers: 2 }, {}).events).toEqual([])
})
