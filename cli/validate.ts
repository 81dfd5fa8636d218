import { inputLines, toInputJson } from './input/input.ts'
import { INPUT_FLAGS, INPUT_USAGE, parseInputOptions } from './input/options.ts'
import { loadInput } from './input/read-input.ts'
import { defineCommand } from './terminal.ts'

const USAGE = `usage: breach-reset validate FILE|- [--json]

Checks breach events against the contract before anything is sent, and reports line, field and rule of each problem.
${INPUT_USAGE}
  --json                 one object: valid, events, members, faults, notes

exit code 0: valid
          2: unusable arguments or file
          3: not valid

  breach-reset validate event.json
  breach-reset validate harvest.ndjson --json
  breach-reset validate page.json --from spycloud
  breach-reset validate members.csv --reason infostealer --exposed-at 2026-11-18`

/** Checks events against the contract. Exit code 0 valid, 2 unusable arguments or file, 3 not valid. */
export const validate = defineCommand({
  name: 'validate',
  usage: USAGE,
  flags: { ...INPUT_FLAGS, json: { type: 'boolean', default: false } },
  positionals: true,
  parse: (values, positionals) => ({ input: parseInputOptions(values, positionals), json: values.json }),
  async run({ input: options, json }, { stdin, stdout }) {
    const input = await loadInput(options, stdin, Date.now())
    const text = json ? JSON.stringify(toInputJson(input), undefined, 2) : inputLines(input).join('\n')
    stdout.write(`${text}\n`)
    return input.faults.length === 0 ? 0 : 3
  },
})
