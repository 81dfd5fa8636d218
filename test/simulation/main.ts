import { defineCommand } from '../../cli/command.ts'
import { UsageError } from '../../cli/terminal.ts'
import { BUGS } from './bugs/bugs.ts'
import { huntAll } from './bugs/hunt.ts'
import { measureOutage } from './outage/outage.ts'
import { simulate } from './report/run.ts'

/*
 * Plays all functions through random courses of events in virtual time, and checks what they promise. A seed stands for one
 * course of events, and always plays the same one.
 *
 * Real       all functions and everything in lib/: world/boot.ts wires them as their handlers do. Not covered: the handlers,
 *            Middy and Powertools.
 * Simulated  Lambda (world/lambda.ts) and its processes (environment.ts), DynamoDB (ledger.ts, quota.ts, progress.ts), EventBridge
 *            (progress.ts), the clock and all randomness (timeline.ts). SQS has the queue of the local system, in any order
 *            (queue.ts), and Stytch is that of the local system (stytch.ts, members.ts), behind a network (network.ts,
 *            stytch-client.ts).
 *            What strangers and the operator do: stranger.ts, operator.ts; by whom a message is: senders.ts.
 * Scenarios  what producers send and what goes wrong when: scenario/scenario.ts, drawn from a seed by arbitrary.ts.
 * Faults     every fault, and every step at which it can strike: scenario/faults.ts.
 * Promises   invariants/invariants.ts lists them all. They read a trace of the run (trace.ts), and know nothing of the code.
 * Bugs       bugs/ plants bugs between the functions and their effects, each with the promise that must catch it. To add one,
 *            write an entry into the file of its subject there. A new promise needs a bug that breaks it.
 * Outages    outage/outage.ts: a large breach and an outage of hours, on the deployment of the stage prod.
 */

const isCount = (text: string) => /^[1-9]\d{0,8}$/.test(text)

/** `npm run simulate`. */
export const simulation = defineCommand({
  call: 'npm run simulate --',
  synopsis: ['[--seeds N] [--first-seed N] [--bug NAME]', '--bugs', '--outage'],
  about: [
    'Plays all functions through random courses of events in virtual time, and checks what they promise. A seed stands for one course of events.',
  ],
  flags: {
    seeds: { type: 'string', value: 'N', default: '10000', about: 'how many seeds, 10000 unless given' },
    'first-seed': { type: 'string', value: 'N', default: '1', about: 'the first of them, 1 unless given' },
    bug: { type: 'string', value: 'NAME', about: 'with this bug planted; --bugs lists them' },
    bugs: { type: 'boolean', about: 'plants each bug in turn, and says after how many seeds it is caught' },
    outage: { type: 'boolean', about: 'a large breach and an outage of hours, in a deployment like prod' },
  },
  exitCodes: {
    0: 'every promise was kept; with --bugs: every bug was caught',
    1: 'a promise was broken; with --bugs: a bug got through',
    2: 'unusable arguments',
  },
  examples: [
    'npm run simulate -- --seeds 500 --first-seed 20001',
    "npm run simulate -- --seeds 200 --bug 'ignores UnprocessedItems'",
    'npm run simulate -- --bugs',
  ],
  parse({ seeds, 'first-seed': firstSeed, bug, bugs, outage }) {
    for (const [name, text] of Object.entries({ seeds, 'first-seed': firstSeed }))
      if (!isCount(text)) throw new UsageError(`--${name}: must be a whole number from 1 to 999999999`)
    if (bug !== undefined && !Object.hasOwn(BUGS, bug))
      throw new UsageError('--bug: must be one of those that --bugs lists')
    return { seeds: Number(seeds), firstSeed: Number(firstSeed), bug, bugs, outage }
  },
  async run(options, { stdout }) {
    const print = (text: string) => stdout.write(`${text}\n`)
    const isFine = options.bugs
      ? await huntAll(BUGS, print)
      : options.outage
        ? await measureOutage(print)
        : await simulate(options, print)
    return isFine ? 0 : 1
  },
})

if (import.meta.main) process.exitCode = await simulation(process.argv.slice(2))
