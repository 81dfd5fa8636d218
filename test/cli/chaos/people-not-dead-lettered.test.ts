import { expect, it } from 'vitest'
import { peopleNotDeadLettered } from '../../../cli/start/chaos/judge.ts'
import type { RowEnd } from '../../../cli/start/tally.ts'

const end = (email: string | undefined, kind: RowEnd['kind'], code: string): RowEnd => ({ kind, code, email })

it('names everybody once, but those with any row on the dead-letter queue', () => {
  const ends = [
    end('ada', 'reset', 'reset'),
    end('ada', 'skipped', 'duplicate'),
    end('lin', 'dead_lettered', 'invalid_response'),
    end('lin', 'skipped', 'duplicate'),
    end(undefined, 'dead_lettered', 'invalid_member'),
    end('kay', 'skipped', 'covered'),
    end('max', 'missing', 'missing'),
  ]
  expect(peopleNotDeadLettered(ends)).toEqual(['ada', 'kay', 'max'])
  expect(peopleNotDeadLettered(ends, ['reset'])).toEqual(['ada'])
})
