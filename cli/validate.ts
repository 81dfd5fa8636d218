import { parseArgs } from 'node:util'
import { INPUT_FLAGS, INPUT_USAGE, type InputOptions, loadInput, parseInputOptions } from './input/input.ts'
import { inputLines, toInputJson } from './input/show.ts'
import { explainArguments, refuse } from './terminal.ts'

/** Says whether events keep the contract. Returns the exit code: 0 valid, 2 unusable arguments or file, 3 not valid. */
export async function validate(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(`${VALIDATE_USAGE}\n`)
    return 0
  }
  const options = parseValidateOptions(args)
  if ('wrong' in options) return refuse(`${options.wrong}\nbreach-reset validate --help shows how`)
  const input = await loadInput(options.input, Date.now())
  if ('wrong' in input) return refuse(input.wrong)
  const text = options.json ? JSON.stringify(toInputJson(input), undefined, 2) : inputLines(input).join('\n')
  process.stdout.write(`${text}\n`)
  return input.faults.length === 0 ? 0 : 3
}

type ValidateOptions = { input: InputOptions; json: boolean }

/** Reads the words behind `breach-reset validate`. Returns a sentence when they can't be used. */
function parseValidateOptions(args: readonly string[]): ValidateOptions | { wrong: string } {
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

const VALIDATE_USAGE = `usage: breach-reset validate FILE|- [--json]

Says whether breach events keep the contract, before anything is sent: line, field and rule of what does not.
${INPUT_USAGE}
  --json                 one object: valid, events, members, faults, notes

exit code 0: valid
          2: unusable arguments or file
          3: not valid

  breach-reset validate event.json
  breach-reset validate harvest.ndjson --json
  breach-reset validate page.json --from spycloud
  breach-reset validate members.csv --reason infostealer --exposed-at 2026-11-18`
