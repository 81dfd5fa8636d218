import { defineConfig } from 'vitest/config'

/**
 * Tests that start whole systems or processes and wait for them. They run after all others, which would keep the machine too
 * busy for their clocks. A new one goes into a folder named `system`, unless its folder is in the first row.
 */
const SYSTEMS = [
  'test/{bench,canary,chaos,cli}/**/*.test.ts',
  'test/**/system/*.test.ts',
  'test/**/*-on-a-local-run.test.ts',
]

export default defineConfig({
  test: {
    globalSetup: 'test/keep-stages.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: SYSTEMS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'systems', include: SYSTEMS, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
