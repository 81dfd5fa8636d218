import { describe, expect, it } from 'vitest'
import { ENCODERS } from './encoders.ts'
import { findLeaks } from './find-leaks.ts'
import { plantedWith, SECRETS } from './planted.ts'

const planted = plantedWith(SECRETS)

describe('findLeaks', () => {
  it.each(planted)('finds the $name in every encoding', ({ name, value }) => {
    for (const [encoding, encode] of ENCODERS) {
      const text = encode(value)
      if (text === value && encoding !== 'plain') continue
      for (const output of [`{"line":"${text}"}`, { line: [text] }])
        expect(findLeaks(output, planted), encoding).toContainEqual(
          expect.objectContaining({ name, encodings: expect.arrayContaining([encoding]) }),
        )
    }
  })

  it('finds nothing where nothing is planted', () => {
    expect(findLeaks('a line about nobody, k***@example.com', planted)).toEqual([])
    expect(findLeaks(undefined, planted)).toEqual([])
  })
})
