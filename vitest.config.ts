import { defineConfig } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node'

/**
 * Tests that start whole systems or processes and wait for them, or count connections. They run after all others, which would keep
 * the machine too busy for their clocks.
 */
const SYSTEMS = 'test/**/system/*.test.ts'

/** The files that take longest or wait longest, which must not be the last ones. */
const LONGEST = [
  ...['infra/package', 'simulation/simulation', 'infra/acknowledged-findings'],
  ...['infra/operations/alarm-situations', 'simulation/main', 'docs/examples/languages', 'cli/status'],
  'lib/flow/aws-client',
  ...['canary/system/local-system', 'cli/start/system/start', 'infra/local/system/main-job', 'system/types'],
  ...['cli/system/send-local', 'infra/local/system/kills', 'cli/start/system/keep'],
  ...['cli/system/smoke-deployed', 'canary/system/command-line', 'infra/local/system/sessions'],
  ...['cli/report/system/records', 'infra/local/system/sources', 'infra/local/system/prod'],
  'infra/local/system/producers',
].map((name) => `/test/${name}.test.ts`)

/** Begins with the files that take longest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((name) => moduleId.endsWith(name))
      return place === -1 ? LONGEST.length : place
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
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
