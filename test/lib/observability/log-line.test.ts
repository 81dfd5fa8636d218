import { Logger } from '@aws-lambda-powertools/logger'
import { describe, expect, it, vi } from 'vitest'
import { parseLogLine } from '../../../lib/observability/log-line.ts'
import { createObserve } from '../../../lib/observability/powertools.ts'

describe('parseLogLine', () => {
  it('reads what the functions log of a member', () => {
    const lines: string[] = []
    const logger = new Logger({ serviceName: 'require-reset' })
    vi.spyOn(console, 'info').mockImplementation((line) => void lines.push(line))
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
    try {
      const observe = createObserve(logger, {} as never)
      observe.outcome({
        event_source: 'urn:s',
        event_id: 'e',
        outcome: 'skipped',
        code: 'covered',
        person: 'p',
      })
    } finally {
      vi.restoreAllMocks()
    }
    expect(parseLogLine(lines.join(''))).toMatchObject({
      ...{ message: 'member outcome', service: 'require-reset', timestamp: expect.stringMatching(/^\d{4}-/) },
      ...{ event_id: 'e', outcome: 'skipped', code: 'covered', person: 'p' },
    })
  })

  it.each([
    '',
    'START RequestId: 1',
    '{"message":"member outc',
    '[]',
    '{}',
    '{"message":"m","outcome":"lost"}',
  ])('reads nothing in %j', (text) => {
    expect(parseLogLine(text)).toBeUndefined()
  })
})
