import { parseArgs } from 'node:util'
import { explainArguments } from '../explain-arguments.ts'
import {
  INPUT_FLAGS,
  INPUT_USAGE,
  type InputOptions,
  parseInputOptions,
} from '../input/parse-input-options.ts'

export const VALIDATE_USAGE = `usage: breach-reset validate FILE|- [--json]

Says whether breach events keep the contract, before anything is sent: line, field and rule of what does not.
${INPUT_USAGE}
  --json                 one object: valid, events, members, faults, dropped

exit code 0: valid
          2: unusable arguments or file
          3: not valid

  breach-reset validate event.json
  breach-reset validate harvest.ndjson --json
  breach-reset validate page.json --from spycloud
  breach-reset validate members.csv --reason infostealer --exposed-at 2026-11-18`

export type ValidateOptions = { input: InputOptions; json: boolean }

/** Reads the words behind `breach-reset validate`. Returns a sentence when they can't be used. */
export function parseValidateOptions(args: readonly string[]): ValidateOptions | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...INPUT_FLAGS, json: { type: 'boolean', default: false } },
    })
    const input = parseInputOptions(values, positionals)
    return 'wrong' in input ? input : { input, json: values.json }
  } catch (error) {
    return { wrong: explainArguments(error) }
  }
}
