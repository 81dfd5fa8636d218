import { defineConfig } from 'vitest/config'

/** Folders with tests of whole systems, which wait for the clock and would be late beside each other. */
const SYSTEMS = [
  'test/bench/**/main.test.ts',
  'test/canary/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/infra/local/system/*.test.ts',
  'test/infra/operations/*-on-a-local-run.test.ts',
]

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: 'test/keep-stages.ts',
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: SYSTEMS,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'systems', include: SYSTEMS, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
