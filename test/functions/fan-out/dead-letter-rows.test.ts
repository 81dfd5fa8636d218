import { describe, expect, it } from 'vitest'
import { MAX_MESSAGE_BYTES, messageSize } from '../../../lib/queue/send-messages.ts'
import { breachEvent } from '../../fixtures/breach-event.ts'
import { fanOut, rows } from './fan-out.ts'

const lettersOf = async (members: readonly unknown[]) => {
  const { deadLetters, recorder } = await fanOut(breachEvent({ data: { members } }))
  const letters = deadLetters.map((letter) => ({
    size: messageSize(letter),
    detail: letter.attributes?.['failure-detail'] ?? '',
    rows: JSON.parse(letter.body).data.members as unknown[],
  }))
  return { letters, lines: recorder.lines }
}

describe('the invalid rows of an event', () => {
  it('are one dead letter, in order, with their places and the first reasons, and a log line each', async () => {
    const bad = [{}, 'canary', null, { email_address: 'canary' }]
    const letter = [{ row_index: 0 }, 'canary', null, { email_address: 'canary', row_index: 6 }]
    const [a, b, c, d] = bad
    const { letters, lines } = await lettersOf([a, b, ...rows(2), c, ...rows(1), d])
    expect(letters.map(({ rows }) => rows)).toEqual([letter])
    expect(letters[0]?.detail).toBe(
      'data.members.0.email_address: must be given; data.members.1: must be an object; data.members.4: must be an object; 4 rows: 0-1, 4, 6',
    )
    expect(lines.filter(({ code }) => code === 'invalid_member').map(({ member }) => member)).toEqual([
      0, 1, 4, 6,
    ])
  })

  it('have a reason of bounded length, however many they are', async () => {
    const members = rows(9_999).map((row, index) => (index % 2 === 0 ? 7 : row))
    const { letters } = await lettersOf(members)
    expect(letters).toHaveLength(1)
    expect(letters[0]?.detail.length).toBeLessThan(2_000)
    expect(letters[0]?.detail).toMatch(/; 5000 rows: 0, 2, 4, .*, 198 and more$/)
  })

  it.each([
    ['texts', 'x'.repeat(1_000)],
    ['numbers that are longer when they are written again', Array(200).fill(1e20)],
    ['signs that are escaped', '\uffff'.repeat(160)],
  ])('are as few letters as SQS takes when they do not fit into one: %s', async (_, row) => {
    const members = Array(1_100).fill(row)
    const { letters } = await lettersOf(members)
    for (const { size } of letters) expect(size).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
    expect(letters.flatMap((letter) => letter.rows)).toEqual(members)
    expect(letters.length).toBeLessThanOrEqual(1 + Math.ceil(JSON.stringify(members).length / 1_000_000))
  })

  it('leave room for the attributes of a letter that they nearly fill in pairs', async () => {
    const empty = JSON.stringify(breachEvent({ data: { members: [] } })).length
    const members = Array(20).fill('x'.repeat((MAX_MESSAGE_BYTES - empty) / 2 - 50))
    const { letters } = await lettersOf(members)
    for (const { size } of letters) expect(size).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
    expect(letters.flatMap((letter) => letter.rows)).toEqual(members)
  })

  it('are kept as JSON, which is not always byte by byte', async () => {
    const body = JSON.stringify(breachEvent({ data: { members: ['here'] } }))
    const { deadLetters } = await fanOut(body.replace('"here"', '{"a": 1e400, "b": 12345678901234567890}'))
    expect(deadLetters[0]?.body).toContain('{"a":null,"b":12345678901234567000,"row_index":0}')
  })
})
