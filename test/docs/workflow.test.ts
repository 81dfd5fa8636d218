import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = new URL('../../.github/workflows/', import.meta.url)
const used = readdirSync(folder).flatMap((file) => [
  ...readFileSync(new URL(file, folder), 'utf8').matchAll(/uses: (.*)/g),
])

it('uses actions only by the SHA of a commit, and names its version', () => {
  expect(used.length).toBeGreaterThan(0)
  for (const [, action] of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})
