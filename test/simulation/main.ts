import { parseArgs } from 'node:util'
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

const USAGE = 'usage: npm run simulate -- [--seeds N] [--first-seed N] [--bug NAME] | --bugs | --outage'

const options = parseOptions(process.argv.slice(2))
if ('error' in options) {
  process.stderr.write(`${options.error}\n${USAGE}\n`)
  process.exitCode = 2
} else {
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const isFine = options.bugs
    ? await huntAll(BUGS, print)
    : options.outage
      ? await measureOutage(print)
      : await simulate(options, print)
  process.exitCode = isFine ? 0 : 1
}

/** Parses the command-line arguments. Returns a sentence as `error` when they are invalid. */
function parseOptions(args: string[]) {
  const isCount = (text: string) => /^[1-9]\d{0,8}$/.test(text)
  try {
    const { values } = parseArgs({
      args,
      options: {
        seeds: { type: 'string', default: '10000' },
        'first-seed': { type: 'string', default: '1' },
        bug: { type: 'string' },
        bugs: { type: 'boolean', default: false },
        outage: { type: 'boolean', default: false },
      },
    })
    const { seeds, 'first-seed': firstSeed, bug, bugs, outage } = values
    if (!isCount(seeds)) return { error: '--seeds: must be a whole number from 1 to 999999999' }
    if (!isCount(firstSeed)) return { error: '--first-seed: must be a whole number from 1 to 999999999' }
    if (bug !== undefined && !BUGS[bug]) return { error: '--bug: must be one of those that --bugs lists' }
    return { seeds: Number(seeds), firstSeed: Number(firstSeed), bug, bugs, outage }
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'invalid arguments' }
  }
}
