import { defineConfig } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node'

/**
 * Tests that start whole systems or processes and wait for them, or count connections. They run after all others, which would keep
 * the machine too busy for their clocks.
 */
const SYSTEMS = 'test/**/system/*.test.ts'

/** The files that take longest, which must not be the last ones. */
const LONGEST =
  /\/(canary\/system\/[\w-]+|system\/(send-local|start|main-job|kills|keep|smoke-deployed)|simulation\/(simulation|main)|infra\/(package|operations\/alarm-situations))\.test\.ts$/

/** Begins with the files that take longest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { longest = [], others = [] } = Object.groupBy(await super.sort(files), ({ moduleId }) =>
      LONGEST.test(moduleId) ? 'longest' : 'others',
    )
    return [...longest, ...others]
  }
}

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
    // Tests spend much of their time waiting: three workers keep two cores busy.
    maxWorkers: 3,
    // Tests keep nothing in modules, so that files can share what they import.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', ...(process.env.GITHUB_ACTIONS ? ['github-actions' as const] : []), countTests],
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [SYSTEMS],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'systems', include: [SYSTEMS], sequence: { groupOrder: 2 } },
      },
    ],
  },
})
