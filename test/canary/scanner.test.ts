import { describe, expect, it } from 'vitest'
import { createSinks } from './create-sinks.ts'
import { ENCODERS } from './encode-leak.ts'
import { findLeaks } from './find-leaks.ts'
import { MEMBER, plantedWith } from './planted.ts'

const planted = plantedWith(
  { project_id: 'project-test-kanari', secret: 'secret-test-kanari/s=1+x&y' },
  { next: 'secret-test-kanari/s=2+x&y', ledgerKey: 'kanari/ledger=key+of&64' },
)

describe('the scanner', () => {
  it.each(planted)('finds the $name in every encoding, and nothing in its absence', (one) => {
    for (const [encoding, encode] of ENCODERS) {
      if (encode(one.value) === one.value && encoding !== 'plain') continue
      const sinks = createSinks('functions')
      sinks.add('log line', 'a line about nobody')
      expect(findLeaks(sinks, planted)).toEqual([])
      sinks.add('log line', `{"line":"${encode(one.value)}"}`)
      expect(findLeaks(sinks, planted), encoding).toContainEqual(
        expect.objectContaining({
          sink: 'log line',
          name: one.name,
          encodings: expect.arrayContaining([encoding]),
        }),
      )
    }
  })

  it.each(ENCODERS)('finds the local part of an e-mail alone, %s', (encoding, encode) => {
    const [local = ''] = MEMBER.split('@')
    const sinks = createSinks('functions')
    sinks.add('metric', `{"line":"${encode(local)}"}`)
    expect(findLeaks(sinks, planted)).toContainEqual(
      expect.objectContaining({
        name: 'local part of member',
        encodings: expect.arrayContaining([encoding]),
      }),
    )
  })
})
