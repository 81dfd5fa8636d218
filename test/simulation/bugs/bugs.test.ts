import { describe, expect, it } from 'vitest'
import { BUGS } from './bugs.ts'
import { hunt } from './hunt.ts'

const MAX_SEEDS = 1500

describe.runIf(process.env.NIGHTLY)('the promises', () => {
  it.each(Object.entries(BUGS))('catch code that %s', async (_, bug) => {
    const caught = await hunt(bug, MAX_SEEDS)
    expect(caught?.violations.map(({ invariant }) => invariant)).toContain(bug.breaks)
  })
})
