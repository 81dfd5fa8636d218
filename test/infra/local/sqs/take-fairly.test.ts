import { describe, expect, it } from 'vitest'
import { type Load, takeFairly } from '../../../../infra/local/sqs/take-fairly.ts'

const take = (visible: string, most: number, loads: Record<string, Load> = {}) =>
  takeFairly(
    [...visible],
    most,
    (tenant) => (tenant === '-' ? undefined : tenant),
    new Map(Object.entries(loads)),
  ).join('')

const busy = { inFlight: 5, processingMs: 10_000 }

describe('taking messages fairly', () => {
  it('takes the oldest while nobody is noisy', () => {
    expect(take('AAB', 2)).toBe('AA')
  })

  it('takes a quiet tenant first when another takes over a tenth of the processing time', () => {
    expect(take('AAB', 2, { A: busy })).toBe('BA')
  })

  it('takes over a tenth of the time from a tenant that has nothing in flight now, too', () => {
    expect(take('AAB', 2, { A: { inFlight: 0, processingMs: 1 } })).toBe('BA')
  })

  it('counts a tenth of the time as quiet, and more as noisy', () => {
    const shares = (a: number, b: number) => ({
      A: { inFlight: 1, processingMs: a },
      B: { inFlight: 2, processingMs: b },
    })
    expect(take('BA', 1, shares(900, 100))).toBe('B')
    expect(take('BA', 1, shares(890, 110))).toBe('A')
  })

  it('calls a tenant noisy from 30 messages in flight on, if they are over a tenth of all', () => {
    const others = { C: { inFlight: 99, processingMs: 90_000 } }
    expect(take('AB', 1, { A: { inFlight: 30, processingMs: 0 }, ...others })).toBe('B')
    expect(take('AB', 1, { A: { inFlight: 29, processingMs: 0 }, ...others })).toBe('A')
    expect(
      take('AB', 1, { A: { inFlight: 30, processingMs: 0 }, C: { inFlight: 300, processingMs: 1 } }),
    ).toBe('A')
  })

  it('takes noisy tenants in turn, the one with the fewest in flight first', () => {
    expect(
      take('AAAABB', 4, { A: { inFlight: 2, processingMs: 500 }, B: { inFlight: 1, processingMs: 500 } }),
    ).toBe('BABA')
  })

  it('takes a message of no tenant as one of a quiet tenant', () => {
    expect(take('A-', 1, { A: busy })).toBe('-')
  })

  it('takes what a noisy tenant has when nobody else waits', () => {
    expect(take('AAA', 2, { A: busy })).toBe('AA')
  })
})
