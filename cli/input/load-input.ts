import { dropRepeats } from './drop-repeats.ts'
import type { Input } from './input.ts'
import type { InputOptions } from './parse-input-options.ts'
import { readInput } from './read-input.ts'
import { readText } from './read-text.ts'

/** Reads a file or standard input by the options. Returns a sentence when it can't be used. `now` in ms since the epoch. */
export async function loadInput(options: InputOptions, now: number): Promise<Input | { wrong: string }> {
  const text = await readText(options.file)
  if ('wrong' in text) return text
  if (text.text.trim() === '') return { wrong: 'there is nothing in it' }
  const input = readInput(text, options, now)
  if ('wrong' in input) return input
  return dropRepeats(input)
}
