import { parseArgs } from 'node:util'
import { explainArguments } from '../explain-arguments.ts'
import { INPUT_FLAGS, type InputOptions, parseInputOptions } from '../input/parse-input-options.ts'

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
