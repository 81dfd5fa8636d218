import { expect, test } from 'vitest'
import { runCommand } from '../cli/run-command.ts'
import { stages } from '../fixtures/stages.ts'
import { type BenchOptions, benchBy } from './options.ts'

/** What is measured with such arguments, or why nothing is. */
async function read(args: readonly string[]) {
  const measured: BenchOptions[] = []
  const bench = benchBy(async (options) => measured.push(options) - 1)
  const { code, stderr } = await runCommand(bench, args)
  return { code, options: measured[0], error: stderr.split('\n')[0] }
}

test.each([
  { args: [], options: { json: false, quick: false, rounds: 3, chart: undefined, stack: undefined } },
  { args: ['--quick'], options: { quick: true, rounds: 1 } },
  {
    args: ['--quick', '--rounds', '7', '--json', '--chart', 'a.svg'],
    options: { json: true, rounds: 7, chart: 'a.svg' },
  },
  {
    args: ['--stack'],
    options: {
      json: false,
      stack: {
        stageNames: ['prod', 'local'],
        latenciesMs: [50, 200],
        parts: ['event', 'giant', 'stream', 'peers'],
      },
    },
  },
  {
    args: ['--stack', '--json', '--stage', 'local', '--latency', '0', '--part', 'giant'],
    options: { json: true, stack: { stageNames: ['local'], latenciesMs: [0], parts: ['giant'] } },
  },
  { args: ['--stack', '--part', 'memory'], options: { stack: { parts: ['memory'] } } },
])('accepts $args', async ({ args, options }) => {
  expect(await read(args)).toMatchObject({ code: 0, options })
})

const STAGE_NAMES = Object.keys(stages).join(', ')

test.each([
  [['--rounds', '0'], '--rounds: must be a whole number from 1 to 999'],
  [['--rounds', 'many'], '--rounds: must be a whole number from 1 to 999'],
  [['--rounds='], '--rounds: must be a whole number from 1 to 999'],
  [['--latency', '50'], '--latency: only with --stack'],
  [['--stack', '--quick'], '--quick: not with --stack'],
  [['--stack', '--stage', 'none'], `--stage: must be one of ${STAGE_NAMES}`],
  [['--stack', '--latency', 'slow'], '--latency: must be a whole number of milliseconds'],
  [['--stack', '--part', 'all'], '--part: must be one of event, giant, stream, peers, memory, sessions'],
  [['--fast'], "unknown option '--fast'"],
  [['now'], 'there is an argument that this command does not take'],
  [['--chart'], '--chart: needs a value'],
])('rejects %j with a sentence', async (args, error) => {
  expect(await read(args)).toEqual({ code: 2, options: undefined, error })
})
