import { randomInt } from 'node:crypto'
import { defineCommand } from '../../cli/command.ts'
import { INTERRUPTED_CODES, UsageError } from '../../cli/terminal.ts'
import { runChaos } from './run.ts'

/** `npm run chaos`. */
export const chaos = defineCommand({
  call: 'npm run chaos --',
  synopsis: ['[--seconds N] [--seed N] [--members N] [--json]'],
  about: [
    'Boots the system on this machine, makes everything fail at random while events are delivered, and says whether every promise was kept.',
  ],
  flags: {
    seconds: { type: 'string', value: 'N', default: '20', about: 'how long things fail, 20 unless given' },
    seed: { type: 'string', value: 'N', about: 'draws the faults; one at random unless given' },
    members: { type: 'string', value: 'N', default: '500', about: 'how many people, 500 unless given' },
    json: { type: 'boolean', about: 'prints one object' },
  },
  exitCodes: {
    0: 'every promise was kept',
    1: 'not every promise was kept',
    2: 'unusable arguments',
    ...INTERRUPTED_CODES,
  },
  examples: ['npm run chaos', 'npm run chaos -- --seconds 20', 'npm run chaos -- --seed 7 --json'],
  parse: ({ seconds, seed = String(randomInt(1_000_000)), members, json }) => ({
    seconds: parseNumber('seconds', seconds, 1),
    seed: parseNumber('seed', seed, 0),
    members: parseNumber('members', members, 1),
    json,
  }),
  run: runChaos,
})

function parseNumber(name: string, text: string, min: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < min)
    throw new UsageError(`--${name}: must be a whole number from ${min}`)
  return number
}

if (import.meta.main) process.exit(await chaos(process.argv.slice(2)))
