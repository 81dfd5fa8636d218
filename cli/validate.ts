import { defineCommand } from './command.ts'
import { inputLines, toInputJson } from './input/input.ts'
import { INPUT_ABOUT, INPUT_FILE, INPUT_FLAGS, parseInputOptions } from './input/options.ts'
import { loadInput } from './input/read-input.ts'
import { say } from './lines.ts'

/** Checks events against the contract. Exit code 0 valid, 2 unusable arguments or file, 3 not valid. */
export const validate = defineCommand({
  call: 'breach-reset validate',
  synopsis: ['FILE|- [--from VENDOR] [--reason REASON] [--exposed-at WHEN] [--json]'],
  about: [
    'Checks breach events against the contract before anything is sent, and reports line, field and rule of each problem.',
    ...INPUT_ABOUT,
  ],
  positionals: [INPUT_FILE],
  flags: {
    ...INPUT_FLAGS,
    json: { type: 'boolean', about: 'prints one object: valid, events, members, faults, notes' },
  },
  exitCodes: { 0: 'valid', 2: 'unusable arguments or file', 3: 'not valid' },
  examples: [
    'npx --no breach-reset validate event.json',
    'npx --no breach-reset validate harvest.ndjson --json',
    'npx --no breach-reset validate page.json --from spycloud',
    'npx --no breach-reset validate members.csv --reason infostealer --exposed-at 2026-11-18',
  ],
  parse: (values, positionals) => ({ input: parseInputOptions(values, positionals), json: values.json }),
  async run({ input: options, json }, { stdin, stdout }) {
    const input = await loadInput(options, stdin, Date.now())
    if (json) stdout.write(`${JSON.stringify(toInputJson(input), undefined, 2)}\n`)
    else say(stdout, inputLines(input).join('\n'))
    return input.faults.length === 0 ? 0 : 3
  },
})
