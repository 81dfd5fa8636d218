/** Says on standard error why a command can't do what it was asked, and returns the exit code for that. */
export function refuse(sentence: string): 2 {
  process.stderr.write(`${sentence}\n`)
  return 2
}
