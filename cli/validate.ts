import { inputLines } from './input/input-lines.ts'
import { loadInput } from './input/load-input.ts'
import { toInputJson } from './input/to-input-json.ts'
import { refuse } from './refuse.ts'
import { parseValidateOptions } from './validate/parse-validate-options.ts'
import { VALIDATE_USAGE } from './validate/validate-usage.ts'

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
