import { defineConfig } from 'vitest/config'
import type { Reporter } from 'vitest/node'

/**
 * Tests that start whole systems or processes and wait for them. They run after all others, which would keep the machine too
 * busy for their clocks. A new one goes into a folder named `system`, unless its folder is in the first two rows.
 */
const SYSTEMS = [
  'test/{bench,canary,chaos}/**/*.test.ts',
  'test/cli/{*,{start,interrupted-send}/*}.test.ts',
  'test/**/system/*.test.ts',
  'test/**/*-on-a-local-run.test.ts',
  // Counts the sockets and timers of its process, so it can't share one.
  'test/lib/stytch/require-reset*.test.ts',
]

/** Ends the output with one plain line for programs. A file that can't run counts as a failed test. */
const countTests: Reporter = {
  onTestRunEnd(files, errors) {
    const tests = files.flatMap((file) => [...file.children.allTests()])
    const inState = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = files.filter((file) => file.errors().length > 0).length + errors.length
    process.stdout.write(`${inState('passed')} passed, ${inState('failed') + broken} failed\n`)
  },
}

export default defineConfig({
  test: {
    globalSetup: 'test/keep-stages.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ['default', ...(process.env.GITHUB_ACTIONS ? ['github-actions' as const] : []), countTests],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: SYSTEMS,
          // They keep nothing in modules, so that files can share what they import.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // They wait more than they compute.
        test: { name: 'systems', include: SYSTEMS, maxWorkers: 3, sequence: { groupOrder: 2 } },
      },
    ],
  },
})
